import { commandRemedyOf, PROBLEMS } from '@pilotlight/contract';
import type { ProblemCode } from '@pilotlight/contract';

const HEAD = `# Problems

Every error answer of the server is \`application/problem+json\` and carries one of these codes. The code stays the same from version to version;
the words may get better. \`source\` says whose doing it was: \`app\` is Pilotlight, \`upstream\` the engine. \`detail\` says what happened this time. Where the
command line has something else to do than a program that speaks HTTP, that follows in italics.

| Code | Status | What happened | What to do |
|---|---|---|---|
`;

/** docs/problems.md. */
export function toProblemsPage(): string {
  const rows = Object.entries(PROBLEMS).map(([code, { status, title, remedy }]) => {
    const onCommandLine = commandRemedyOf(code as ProblemCode);
    const helps = onCommandLine === undefined ? remedy : `${remedy} *${onCommandLine}*`;
    return `| <a id="${code}"></a>\`${code}\` | ${status} | ${inCell(title)} | ${inCell(helps)} |\n`;
  });
  return HEAD + rows.join('');
}

function inCell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
