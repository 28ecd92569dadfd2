import { describe, expect, it } from 'vitest';

import { applyOptions, toOptionFields } from './apply-options.ts';
import type { OptionQuestion } from './apply-options.ts';

const BASE: OptionQuestion = {
  stated: {},
  defaults: {},
  engine: { observation: 'push' },
  description: { name: 'a:latest' },
  loaded: { contextLength: 4096 },
  keepAliveMs: 300_000,
};
const notesOf = (question: Partial<OptionQuestion>): readonly string[] =>
  applyOptions({ ...BASE, ...question }).notes.map(({ name, reason }) => `${name}: ${reason}`);

describe('what an answer is made with', () => {
  it('is what is stated, and below it the defaults of the model; undefined states nothing', () => {
    const applied = applyOptions({
      ...BASE,
      stated: { temperature: 0, top_k: undefined },
      defaults: { temperature: 1, top_k: 5, seed: 3 },
    });
    expect(applied.options).toEqual({ temperature: 0, top_k: 5, seed: 3 });
    const finish = { type: 'finish', reason: 'stop', usage: {}, timings: {}, chosen: { top_p: 0.9, seed: 99 } } as const;
    expect(toOptionFields(applied, finish)).toEqual({
      applied: {
        options: {
          temperature: { value: 0, from: 'request' },
          top_k: { value: 5, from: 'model' },
          seed: { value: 3, from: 'model' },
          top_p: { value: 0.9, from: 'engine' },
        },
      },
    });
  });

  it('repeats no schema', () => {
    const applied = applyOptions({ ...BASE, stated: { format: { type: 'object' } } });
    expect(toOptionFields(applied, undefined)).toEqual({ applied: { options: { format: { value: 'schema', from: 'request' } } } });
  });

  it('says nothing where nothing was said', () => {
    expect(toOptionFields(applyOptions(BASE), undefined)).toEqual({});
  });

  it('says which wish for context does not come true', () => {
    expect(notesOf({ stated: { context_length: 4096 } })).toEqual([]);
    expect(notesOf({ stated: { context_length: 8192 } })).toEqual([
      'context_length: a:latest runs with 4,096 tokens; its profile decides, and no request loads it again',
    ]);
    expect(notesOf({ stated: { context_length: 8192 }, loaded: {} })).toEqual(['context_length: how much a:latest can see is not known']);
  });

  it('says where keep_alive is not passed on, and that it shortens nothing', () => {
    expect(notesOf({ stated: { keep_alive: '10m' } })).toEqual([]);
    expect(notesOf({ stated: { keep_alive: -1 } })).toEqual([]);
    expect(notesOf({ stated: { keep_alive: 0 } })).toEqual([
      'keep_alive: a:latest stays as long as the setting says: a request makes it longer, not shorter',
    ]);
    expect(notesOf({ stated: { keep_alive: '10m' }, engine: { observation: 'poll' } })).toEqual([
      'keep_alive: its server keeps a:latest as it was told to for everybody',
    ]);
  });

  it('says what the engine does not honour, defaults included', () => {
    const engine = { observation: 'push', optionsNotApplied: () => [{ name: 'thinking' as const, reason: 'it cannot' }] } as const;
    expect(toOptionFields(applyOptions({ ...BASE, engine, defaults: { thinking: true } }), undefined).options_not_applied).toEqual([
      { name: 'thinking', reason: 'it cannot' },
    ]);
  });
});
