import { describe, expect, it } from 'vitest';

import { toDemand } from './demand.ts';
import { screen } from './screen.ts';
import type { Screened } from './screen.ts';

const model = (
  name: string,
  more: Partial<Screened> & { readonly capabilities?: readonly ('vision' | 'completion' | 'embedding')[] } = {},
): Screened => {
  const { capabilities = ['completion'], ...rest } = more;
  return { name, description: { capabilities }, ...rest };
};
const names = (result: ReturnType<typeof screen>): string => result.fit.map(({ name }) => name).join(' ');
const reasons = (result: ReturnType<typeof screen>): readonly string[] =>
  result.unfit.map(({ candidate, reason }) => `${candidate.name} ${reason}`);

describe('who of a route is fit for a request', () => {
  it('passes over those that lack a sense, and says so', () => {
    const result = screen([model('blind'), model('seeing', { capabilities: ['completion', 'vision'] })], {
      capabilities: ['vision'],
      contextTokens: 0,
    });
    expect([names(result), reasons(result)]).toEqual(['seeing', ['blind cannot see images']]);
  });

  it('takes a model of which nothing is known to be able', () => {
    expect(names(screen([{ name: 'new', description: { capabilities: [] } }], { capabilities: ['vision'], contextTokens: 9e9 }))).toBe(
      'new',
    );
  });

  it('refuses where all lack it, as not supported', () => {
    const blind = () => screen([model('blind')], { capabilities: ['vision'], contextTokens: 0 });
    expect(blind).toThrow(expect.objectContaining({ code: 'not_supported', detail: 'blind cannot see images' }));
  });

  it('passes over none for the last resort, which nobody chose', () => {
    const [short, pilot] = [model('short', { contextLength: 512 }), model('pilot', { contextLength: 2048 })];
    const demand = { capabilities: [], contextTokens: 1_000 };
    expect(names(screen([short, pilot], demand, 'pilot'))).toBe('short pilot');
    expect(names(screen([short, pilot], demand))).toBe('pilot');
  });

  it('passes over those with too short a context, and none where all are too short', () => {
    const [short, long] = [model('short', { contextLength: 2048 }), model('long', { contextLength: 16_384 })];
    const demand = { capabilities: [], contextTokens: 6_000 };
    const result = screen([short, long], demand);
    expect([names(result), reasons(result)]).toEqual(['long', ['short holds 2,048 tokens, where about 6,000 are needed']]);
    expect(names(screen([short], demand))).toBe('short');
    expect(names(screen([short, model('unknown')], demand))).toBe('short unknown');
    expect(names(screen([short, model('unknown'), long], demand))).toBe('unknown long');
    expect(names(screen([short, long], { ...demand, contextTokens: 99_000 }))).toBe('short long');
  });
});

describe('what a request needs', () => {
  it('is its prompt with its answer, or what it wishes for if that is more', () => {
    const messages = [{ role: 'user', content: 'x'.repeat(3_000) }] as const;
    expect(toDemand({ task: 'chat', messages, options: {} }).contextTokens).toBe(1_000);
    expect(toDemand({ task: 'chat', messages, options: { max_tokens: 500 } }).contextTokens).toBe(1_500);
    expect(toDemand({ task: 'chat', messages, options: { max_tokens: 500, context_length: 8_192 } }).contextTokens).toBe(8_192);
    expect(toDemand({ task: 'chat', messages: [], options: { max_tokens: 500 } }).contextTokens).toBe(0);
  });

  it('is an embedding for that task, beside what the request says itself', () => {
    expect(toDemand({ task: 'embedding', needs: { capabilities: ['vision'] } }).capabilities).toEqual(['embedding', 'vision']);
  });
});
