import { PROBLEMS } from '@pilotlight/contract';

const HEAD = `# Problems

Every error answer of the server is \`application/problem+json\` and carries one of these codes. The code stays the same from version to version;
the words may get better. \`source\` says whose doing it was: \`app\` is Pilotlight, \`upstream\` the engine. \`detail\` says what happened this time.

| Code | Status | What happened | What to do |
|---|---|---|---|
`;

/** docs/problems.md. */
export function toProblemsPage(): string {
  const rows = Object.entries(PROBLEMS).map(
    ([code, { status, title, remedy }]) => `| <a id="${code}"></a>\`${code}\` | ${status} | ${inCell(title)} | ${inCell(remedy)} |\n`,
  );
  return HEAD + rows.join('');
}

function inCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
