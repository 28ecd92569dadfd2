import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { flagOptions } from '@pilotlight/settings';
import { describe, expect, it } from 'vitest';

import { COMMON_OPTIONS } from './command.ts';
import { COMMANDS } from './commands.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const pages = readdirSync(root, { encoding: 'utf8' })
  .concat(readdirSync(`${root}docs`, { encoding: 'utf8', recursive: true }).map((path) => `docs/${path}`))
  .filter((path) => path.endsWith('.md'));

/** Lines of the command line in the code of a page: after the program's name, up to the end of the code or to what a shell reads itself. */
function linesOf(text: string): string[] {
  const code = [...text.matchAll(/`([^`\n]+)`|^```\w+\n([\s\S]*?)^```/gm)].map((match) => match[1] ?? match[2] ?? '');
  return code.flatMap((words) => [...words.matchAll(/(?:^|npx )pilotlight (.+?)(?:\s+#.*)?$/gm)].map((match) => match[1] ?? ''));
}

/** What of a line there is not. A page speaks of commands in part: what is needed may be missing, what is there must be right. */
function unknownIn(line: string): string[] {
  const [name = '', ...words] = line.split(/\s+/);
  if (name.startsWith('--') || name === 'COMMAND') return [];
  const command = COMMANDS.find((one) => one.name === name);
  if (command === undefined) return [name];
  const settings = command.takesSettings === true ? Object.keys(flagOptions()) : [];
  const known = [...command.options, ...COMMON_OPTIONS];
  return words.filter((word) => {
    if (word.startsWith('--')) return ![...known.map((option) => option.name), ...settings].includes(word.slice(2).split('=')[0] ?? '');
    return /^-\w$/.test(word) && !known.some(({ short }) => short === word.slice(1));
  });
}

describe('the commands that a page speaks of', () => {
  it.each(pages)('are there, with their options: %s', (page) => {
    const lines = linesOf(readFileSync(`${root}${page}`, 'utf8'));
    expect(lines.flatMap((line) => unknownIn(line).map((word) => `"${word}" in "pilotlight ${line}"`))).toEqual([]);
  });

  it('are found', () => {
    expect(linesOf(readFileSync(`${root}README.md`, 'utf8')).length).toBeGreaterThan(2);
    const text = 'Try `pilotlight lod NAME`, `npx pilotlight chat --mdel x`.\n```sh\nnpx pilotlight models -x   # all\n```\n';
    expect(linesOf(text)).toEqual(['lod NAME', 'chat --mdel x', 'models -x']);
    expect(linesOf(text).flatMap(unknownIn)).toEqual(['lod', '--mdel', '-x']);
  });
});
