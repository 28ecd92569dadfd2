import { describe, expect, it } from 'vitest';

import { toSnippet } from './search-snippet.ts';
import { findPart, toSearchWords } from './search-words.ts';

function marked(text: string, query: string): string {
  const words = toSearchWords(query);
  if (words === undefined) throw new Error('no words');
  const { snippet, marks } = toSnippet(text, words);
  let out = '';
  let from = 0;
  for (const { start, end } of marks) {
    out += `${snippet.slice(from, start)}[${snippet.slice(start, end)}]`;
    from = end;
  }
  return out + snippet.slice(from);
}

describe('a snippet', () => {
  it.each([
    ['Puffins nest in burrows.', 'NEST bur', 'Puffins [nest] in [burrows].'],
    ['naïve Ångström', 'naive angs', '[naïve] [Ångström]'],
    ['nai\u0308ve', 'naive', '[nai\u0308ve]'],
    ['😀 tern 😀', 'tern', '😀 [tern] 😀'],
    ['a\nb\tc\u0000d', 'c', 'a b [c] d'],
    ['<b>tern</b>', 'tern', '<b>[tern]</b>'],
    ['nothing of it', 'tern', 'nothing of it'],
    ['an e-mail', 'e-mai', 'an [e]-[mail]'],
  ])('of %j for %j is %j', (text, query, expected) => {
    expect(marked(text, query)).toBe(expected);
  });

  it('is the piece of a long text where most of the words are close together, cut between words and characters', () => {
    const filler = 'gull tern 😀 '.repeat(200);
    const snippet = marked(`${filler}puffin tern skua ${filler}`, 'puffin tern skua');
    expect(snippet).toMatch(/^….*\[puffin\] \[tern\] \[skua\].*…$/);
    expect(snippet.length).toBeLessThan(260);
    expect(snippet.isWellFormed()).toBe(true);
  });

  it('is quick for a text without blanks or with nothing but the word', () => {
    expect(marked('x'.repeat(4_000_000), 'tern')).toHaveLength(201);
    expect(marked('tern '.repeat(100_000), 'tern')).toMatch(/^\[tern\]/);
  });
});

describe('a part of a long text', () => {
  const sand = 'sand and water '.repeat(1_000);
  const partOf = (text: string, query: string): string | undefined => {
    const words = toSearchWords(query);
    const part = words && findPart(text, words);
    return part && text.slice(part.start, part.end);
  };

  it('is the first in which most of the words stand, whole or as a beginning', () => {
    const text = `${sand} tern ${sand} a puffin and a Tern ${sand}`;
    expect(partOf(text, 'tern puffin')).toContain('a puffin and a Tern');
    expect(partOf(text, 'tern')).toContain(' tern ');
    expect(partOf(text, 'puff')).toContain('puffin');
    expect(partOf(text, 'auk')).toBeUndefined();
    expect(partOf('', 'auk')).toBeUndefined();
  });

  it('takes no part of a word for the word, and looks at neither case nor accents', () => {
    expect(partOf('the lantern', 'tern')).toBeUndefined();
    expect(partOf('\u{1d4d0}tern', 'tern')).toBeUndefined();
    expect(partOf('terns fly', 'tern fly')).toBe('terns fly');
    expect(partOf('terns', 'tern x')).toBeUndefined();
    expect(partOf(`${sand} MÖWE`, 'mowe')).toContain('MÖWE');
    expect(partOf('😀tern', 'tern')).toBe('😀tern');
  });

  it('begins and ends between words', () => {
    const text = `${'x'.repeat(5_000)} tern`;
    expect(partOf(text, 'tern')).toBe(' tern');
  });
});

describe('the words of a search', () => {
  it.each([
    ['', undefined],
    ['  \u0000 ', undefined],
    ['"', undefined],
    ['* ( ) - : ^', undefined],
    ['NEAR(a b)', '"NEAR(a" "b)"'],
    ['a OR b', '"a" "OR" "b"'],
    ['title:x AND y*', '"title:x" "AND" "y*"'],
    ['say "hello', '"say" """hello"*'],
    ['ter', '"ter"*'],
    ['\ud800x lone', '"\ufffdx" "lone"*'],
  ])('%j become %j', (text, match) => {
    expect(toSearchWords(text)?.match).toBe(match);
  });
});
