import { describe, expect, it } from 'vitest';

import { parseBlock } from './parser.ts';
import { EMPTY_SPLIT, extendSplit, type Split } from './split-blocks.ts';

const DOCUMENT = `# Heading
with a line after it

Setext
======
A paragraph
over two lines with \`code\` and [a link](https://example.org) and [one by name][name].

- one
- two

  still two
  - nested

      code in two
1. other list
2. \`\`\`js
   fenced in a list
   \`\`\`

> quote
lazy

| a | b |
|---|--:|
| 1 | 2 |
after the table

\`\`\`ts
const a = 1;

# not a heading
\`\`\`
~~~
# also not
~~~ \`\`\`

    indented code

***
<img src=x onerror=alert(1)>

[name]: https://example.org/named "Title"
[other]:
  https://example.org/other

last [other] line
\`\`\`unclosed
fence`;

/** What a reader of the blocks sees: the tokens of all of them. */
function render(split: Split): string {
  return JSON.stringify(
    [...split.closed, split.open].flatMap((source) =>
      (parseBlock(source, split.references) ?? []).map((token) => ({
        type: token.type,
        tag: token.tag,
        content: token.type === 'inline' ? undefined : token.content,
        children: token.children?.map((child) => ({ type: child.type, content: child.content, attrs: child.attrs })),
      })),
    ),
  );
}

function splitAt(text: string, cuts: readonly number[]): Split {
  return [...cuts, text.length].reduce((split, cut) => extendSplit(split, text.slice(0, cut)), EMPTY_SPLIT);
}

describe('extendSplit', () => {
  it('ends the same wherever the text was cut on its way', () => {
    const whole = render(splitAt(DOCUMENT, []));
    for (let cut = 1; cut < DOCUMENT.length; cut += 1) expect(render(splitAt(DOCUMENT, [cut])), `cut at ${cut}`).toBe(whole);
  });

  it('ends the same when the text comes letter by letter', () => {
    const cuts = Array.from({ length: DOCUMENT.length - 1 }, (_, index) => index + 1);
    expect(render(splitAt(DOCUMENT, cuts))).toBe(render(splitAt(DOCUMENT, [])));
  });

  it('never changes a block that it has closed', () => {
    let split = EMPTY_SPLIT;
    for (let length = 1; length <= DOCUMENT.length; length += 1) {
      const next = extendSplit(split, DOCUMENT.slice(0, length));
      expect(next.closed.slice(0, split.closed.length)).toEqual(split.closed);
      split = next;
    }
    expect(split.closed.length).toBeGreaterThan(8);
  });

  it('keeps every letter of the text', () => {
    const split = splitAt(DOCUMENT, [40, 41, 300]);
    expect(split.closed.join('') + split.open).toBe(DOCUMENT);
  });

  it('renders blocks one by one as they would be rendered together', () => {
    const together = render({ ...EMPTY_SPLIT, open: DOCUMENT, references: splitAt(DOCUMENT, []).references });
    expect(render(splitAt(DOCUMENT, []))).toBe(together);
  });

  it('takes a CRLF for one line end, also when it comes in two pieces', () => {
    const text = 'one\r\ntwo\r\n\r\nthree\r\n';
    const whole = splitAt(text, []);
    for (let cut = 1; cut < text.length; cut += 1) expect(splitAt(text, [cut])).toEqual(whole);
    expect(whole.text).toBe('one\ntwo\n\nthree\n');
  });

  it('starts over when the text is another one', () => {
    const split = extendSplit(splitAt('# One\n\ntwo\n', []), 'Something else');
    expect(split).toMatchObject({ closed: [], open: 'Something else' });
  });

  it('gives a new object of references only when one was added', () => {
    const before = extendSplit(EMPTY_SPLIT, '[a]: /one\n\ntext\n');
    const after = extendSplit(before, '[a]: /one\n\ntext\n\n[a]: /two\n\nmore');
    expect(after.references).toBe(before.references);
  });
});

describe('parseBlock', () => {
  it('has no token for raw HTML', () => {
    const tokens = parseBlock('<svg onload=alert(1)>\n\n<b>x</b> <img src=x onerror=alert(1)>', undefined) ?? [];
    const types = tokens.flatMap((token) => [token.type, ...(token.children ?? []).map((child) => child.type)]);
    expect(types.filter((type) => type.includes('html'))).toEqual([]);
  });

  it('gives up on nesting that nobody means, instead of losing what is inside', () => {
    expect(parseBlock(`${'>'.repeat(5000)} deep`, undefined)).toBeUndefined();
    expect(parseBlock(`${'- '.repeat(5000)}deep`, undefined)).toBeUndefined();
    expect(parseBlock('> > > fine', undefined)).toBeDefined();
  });
});
