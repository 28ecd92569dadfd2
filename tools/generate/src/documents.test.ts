import { resolveSettings } from '@pilotlight/settings';
import { expect, test } from 'vitest';
import { DOCUMENTS, drifted } from './documents.ts';

const documents = [
  { path: 'a', text: () => 'A' },
  { path: 'b', text: () => 'B' },
];

test('a file that differs from its table, or is missing, has drifted', () => {
  expect(drifted(documents, (path) => path.toUpperCase())).toEqual([]);
  expect(drifted(documents, (path) => (path === 'a' ? 'edited by hand' : 'B')).map(({ path }) => path)).toEqual(['a']);
  expect(drifted(documents, () => undefined)).toHaveLength(2);
});

function documentAt(path: string): string {
  return DOCUMENTS.find((document) => document.path === path)?.text() ?? '';
}

test('.env.example with all its lines uncommented is a valid .env', () => {
  const lines = documentAt('.env.example').split('\n');
  const dotenv = lines.map((line) => line.replace(/^# ([A-Z_]+=)/, '$1')).join('\n');
  const result = resolveSettings({
    surroundings: { platform: 'linux', home: '/home/ada', folder: '/', environment: {} },
    dotenv: { path: '.env', text: dotenv },
  });
  expect(result.ok ? [] : result.problems).toEqual([]);
  expect(result.warnings).toEqual([]);
  expect(lines.filter((line) => /^# [A-Z_]+=/.test(line)).length).toBeGreaterThan(10);
});

test('the schema knows exactly the keys that the parser knows', () => {
  const schema: unknown = JSON.parse(documentAt('schema/pilotlight.schema.json'));
  const keys = Object.keys((schema as { properties: object }).properties);
  const yaml = keys.filter((key) => key !== 'tasks').map((key) => `${key}:`);
  const result = resolveSettings({
    surroundings: { platform: 'linux', home: '/home/ada', folder: '/', environment: {} },
    file: { path: 'pilotlight.yaml', text: `${yaml.join('\n')}\ntasks:\n` },
  });
  expect(result.ok).toBe(true);
  expect(schema).toHaveProperty('additionalProperties', false);
});

test('the settings page has a section for every variable that its table links to', () => {
  const page = documentAt('docs/settings.md');
  const links = [...page.matchAll(/\]\(#([a-z_]+)\)/g)].map((match) => match[1]);
  const sections = [...page.matchAll(/^## ([A-Z_]+)$/gm)].map((match) => match[1]?.toLowerCase());
  expect(links.length).toBeGreaterThan(10);
  expect(sections).toEqual(links);
});

test('the problems page has a row for a code, with its status and what helps over HTTP and on the command line', () => {
  expect(documentAt('docs/problems.md')).toMatch(
    /`model_not_found` \| 404 \| There is no such model \| GET \/api\/models .*\. \*"pilotlight models"/,
  );
});
