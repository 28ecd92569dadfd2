import { expect, it } from 'vitest';

import { whereWords } from './search-words.ts';

const attachment = { id: 'f', name: 'report.pdf' };

it.each([
  ['a question', { role: 'user', snippet: 'x' }, 'You: '],
  ['an answer', { role: 'assistant', snippet: 'x' }, null],
  ['the text of a file', { role: 'user', attachment, snippet: 'x' }, 'In report.pdf: '],
  ['the name of a file', { role: 'user', attachment, snippet: 'report.pdf' }, 'File: '],
] as const)('says where words were found: %s', (_name, hit, expected) => {
  expect(whereWords(hit)).toBe(expected);
});
