import { toMemoryFacts } from '@pilotlight/contract';
import type { ModelDescription } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { estimateFootprint } from './footprint.ts';
import type { Holder } from './holding.ts';
import { whatWouldFit } from './what-would-fit.ts';

const FACTS: Readonly<Record<string, unknown>> = {
  'general.architecture': 'llama',
  'llama.block_count': 32,
  'llama.embedding_length': 4096,
  'llama.attention.head_count': 32,
  'llama.attention.head_count_kv': 8,
  'llama.context_length': 131_072,
};
const memoryFacts = toMemoryFacts({
  read: (key) => FACTS[key],
  weightsBytes: 4.7e9,
  defaults: { contextLength: 65_536, slots: 1 },
});
const description: ModelDescription = {
  name: 'a:latest',
  weightsKey: 'a',
  capabilities: [],
  trainedContextLength: 131_072,
  ...(memoryFacts && { memoryFacts }),
};
const bytesAt = (contextLength: number): number => estimateFootprint(description, { contextLength })?.bytes ?? 0;

function holder(model: string, bytes: number, of: Partial<Holder> = {}): Holder {
  const times = { readyAtMs: 0, lastUsedMs: 0, reloadMs: 1, drainMs: 0, oldestWaiterMs: undefined, mappedBytes: 0 };
  return { key: model, model, bytes, standing: 'idle', isPinned: true, cannotUnload: false, ...times, ...of };
}

const misfit = { description, profile: {}, needsBytes: bytesAt(65_536), mostBytes: 8e9, fixed: [], others: [] };

describe('what would fit in place of a load that does not', () => {
  it('is the longest context that does, and no step longer', () => {
    const [way] = whatWouldFit(misfit);
    if (way?.type !== 'shorter_context') throw new Error('no shorter context');
    expect(way.needs_bytes).toBe(bytesAt(way.context_length));
    expect(way.needs_bytes).toBeLessThanOrEqual(8e9);
    expect(bytesAt(way.context_length + 256)).toBeGreaterThan(8e9);
  });

  it('is corrected by what the whole was measured to take', () => {
    const contextOf = (ways: ReturnType<typeof whatWouldFit>): number =>
      ways.flatMap((way) => (way.type === 'shorter_context' ? [way.context_length] : []))[0] ?? 0;
    const measured = contextOf(whatWouldFit({ ...misfit, needsBytes: misfit.needsBytes + 1e9 }));
    expect(measured).toBeGreaterThan(0);
    expect(measured).toBeLessThan(contextOf(whatWouldFit(misfit)) - 4096);
  });

  it('is no context that is of no use, or where nothing is known of it', () => {
    expect(whatWouldFit({ ...misfit, mostBytes: 4.8e9 })).toEqual([]);
    expect(whatWouldFit({ ...misfit, description: { ...description, memoryFacts: undefined } as never })).toEqual([]);
  });

  it('is doing without one pinned model rather than two, the smallest that suffices, and never one that its server keeps', () => {
    const short = { ...misfit, description: undefined, needsBytes: 10e9, mostBytes: 6e9 };
    const fixed = [
      holder('big', 9e9),
      holder('fits', 4e9),
      holder('small', 2e9),
      holder('kept', 4e9, { isPinned: false, cannotUnload: true }),
    ];
    expect(whatWouldFit({ ...short, fixed })).toEqual([{ type: 'without', models: [{ model: 'fits', bytes: 4e9 }] }]);
    const both = [holder('one', 2e9), holder('two', 3e9)];
    expect(whatWouldFit({ ...short, fixed: both })).toEqual([
      {
        type: 'without',
        models: [
          { model: 'two', bytes: 3e9 },
          { model: 'one', bytes: 2e9 },
        ],
      },
    ]);
    expect(whatWouldFit({ ...short, fixed: [holder('one', 2e9)] })).toEqual([]);
  });

  it('is the largest other model that does', () => {
    const others = [
      { model: 'tiny', needsBytes: 1e9 },
      { model: 'middling', needsBytes: 5e9 },
      { model: 'huge', needsBytes: 20e9 },
    ];
    expect(whatWouldFit({ ...misfit, description: undefined, others })).toEqual([
      { type: 'other_model', model: 'middling', needs_bytes: 5e9 },
    ]);
  });
});
