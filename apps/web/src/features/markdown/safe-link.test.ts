import { describe, expect, it } from 'vitest';

import { showHidden, toLink } from './safe-link.ts';

describe('toLink', () => {
  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'java\tscript:alert(1)',
    'java\nscript:alert(1)',
    ' javascript:alert(1)',
    '\u0001javascript:alert(1)',
    'vbscript:msgbox(1)',
    'data:text/html,<script>alert(1)</script>',
    'data:image/svg+xml;base64,PHN2Zy8+',
    'file:///etc/passwd',
    'blob:https://example.org/1',
    '/api/conversations',
    '//example.org/x',
    '#top',
    '',
  ])('blocks %j', (href) => {
    expect(toLink(href).kind).toBe('blocked');
  });

  it('opens web addresses and shows their host as the browser reads it', () => {
    expect(toLink('https://example.org/a?b=c')).toEqual({ kind: 'open', href: 'https://example.org/a?b=c', target: 'example.org' });
    expect(toLink('https://example.org@evil.example/')).toMatchObject({ target: 'evil.example' });
    expect(toLink('https://аpple.example/')).toMatchObject({ target: 'xn--pple-43d.example' });
    expect(toLink('mailto:ana@example.org?subject=x')).toMatchObject({ kind: 'open', target: 'ana@example.org' });
  });

  it('shows the target of what it blocks, shortened', () => {
    expect(toLink('javascript:alert%281%29')).toEqual({ kind: 'blocked', target: 'javascript:alert(1)' });
    expect(toLink(`data:${'x'.repeat(500)}`).target).toHaveLength(81);
  });
});

describe('showHidden', () => {
  it('makes direction overrides and tag letters visible', () => {
    expect(showHidden('a\u202Eb\u2066c')).toBe('a\uFFFDb\uFFFDc');
    expect(showHidden('x\u{E0041}\u{E0042}')).toBe('x\uFFFD\uFFFD');
  });

  it('leaves flags and ordinary text alone', () => {
    const flag = '\u{1F3F4}\u{E0067}\u{E0062}\u{E0065}\u{E006E}\u{E0067}\u{E007F}';
    expect(showHidden(`${flag} שלום, 你好`)).toBe(`${flag} שלום, 你好`);
  });
});
