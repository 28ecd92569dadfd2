import { Problem } from '@pilotlight/contract';
import type { Gateway, GatewayEvent, GatewayPart, GenerateRequest, ModelView } from '@pilotlight/contract';
import { createManualClock, createSeededRandomness } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import type { ConversationRecord, ConversationTree, MessageRecord } from '../chat-store.ts';
import { cleanTitle } from './clean-title.ts';
import { createTitles } from './improve-titles.ts';
import type { TitlesOptions } from './improve-titles.ts';

describe('what a model wrote as a title', () => {
  it.each([
    ['Baking bread with rye', 'Baking bread with rye'],
    ['"Baking Bread."\n\nI hope that helps!', 'Baking Bread'],
    ['**Title: Baking Bread**', 'Baking Bread'],
    ['Titel: „Brot backen“', 'Brot backen'],
    ['# Baking\tbread', 'Baking bread'],
    ['\n\n`parseDate()` explained', 'parseDate()` explained'],
    ['パンの焼き方', 'パンの焼き方'],
    ['A\u202Eb\u0007c d', 'Abc d'],
    ['And so on…', 'And so on…'],
  ])('%j is %j', (text, title) => {
    expect(cleanTitle(text)).toBe(title);
  });

  it.each(['', '  \n ', '""', 'ab', '12 34', '!!!', 'x'.repeat(81), 'Title:'])('%j is none', (text) => {
    expect(cleanTitle(text)).toBeUndefined();
  });
});

const QUESTION = 'How do I bake bread with rye flour?';

function message(role: 'user' | 'assistant', content: string): MessageRecord {
  return {
    role,
    content,
    state: role === 'assistant' ? 'complete' : undefined,
    model: role === 'assistant' ? 'mistral:latest' : undefined,
  } as MessageRecord;
}

interface Bench {
  readonly titles: ReturnType<typeof createTitles>;
  readonly clock: ReturnType<typeof createManualClock>;
  readonly asked: GenerateRequest[];
  readonly stored: { title: string };
  readonly told: ConversationRecord[];
  /** So many answers of a model are being written. */
  busy(model: string, active: number): void;
}

interface BenchOptions extends Partial<Pick<TitlesOptions, 'isOn' | 'excludedModels'>> {
  readonly models?: Record<string, Partial<ModelView>>;
  readonly route?: string;
  readonly title?: string;
  readonly write?: (number: number, signal: AbortSignal) => AsyncGenerator<GatewayPart>;
}

async function* writeTitle(): AsyncGenerator<GatewayPart> {
  yield { type: 'reasoning', text: 'Hm.' };
  yield { type: 'text', text: '"Rye bread' };
  yield { type: 'text', text: ' at home"' };
}

function setUp({
  models = { 'mistral:latest': {} },
  route,
  title = QUESTION,
  write = writeTitle,
  isOn = true,
  excludedModels = [],
}: BenchOptions = {}): Bench {
  const clock = createManualClock();
  const asked: GenerateRequest[] = [];
  const told: ConversationRecord[] = [];
  const listeners = new Set<(event: GatewayEvent) => void>();
  const stored = { title };
  const view = (name: string | undefined): ModelView | undefined =>
    name === undefined || models[name] === undefined
      ? undefined
      : ({ name, ready: true, active: 0, queued: 0, ...models[name] } as ModelView);
  const gateway = {
    model: view,
    modelFor: () => view(route),
    models: () => ({ models: Object.keys(models).map(view) }),
    subscribe(listener: (event: GatewayEvent) => void) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    generate(request: GenerateRequest, signal: AbortSignal) {
      asked.push(request);
      return write(asked.length, signal);
    },
  };
  const titles = createTitles({
    gateway: gateway as unknown as Gateway,
    store: {
      conversation: async () =>
        ({
          conversation: { title: stored.title },
          messages: [message('user', QUESTION), message('assistant', 'With a sourdough.')],
        }) as unknown as ConversationTree,
      async retitle(_id, former, next) {
        if (stored.title !== former) return undefined;
        stored.title = next;
        return { id: 'c', title: next } as ConversationRecord;
      },
    },
    clock,
    randomness: createSeededRandomness(1),
    log: { info: () => {}, warn: () => {}, error: () => {} },
    isOn,
    excludedModels,
    onTitle: (record) => told.push(record),
  });
  function busy(model: string, active: number): void {
    for (const listener of listeners) listener({ type: 'model', model: { name: model, active, queued: 0 } as ModelView });
  }
  return { titles, clock, asked, stored, told, busy };
}

describe('a title', () => {
  it('is made in the background by the model that has answered, without thinking, and told', async () => {
    const bench = setUp();
    bench.titles.consider('c');
    await bench.titles.idle;
    expect(bench.stored.title).toBe('Rye bread at home');
    expect(bench.told).toMatchObject([{ title: 'Rye bread at home' }]);
    expect(bench.asked).toMatchObject([
      { model: 'mistral:latest', task: 'title', priority: 'background', options: { thinking: false, max_tokens: 32 } },
    ]);
    expect(bench.asked[0]?.messages[0]?.content).toContain(QUESTION);
  });

  it('is made by the model of its route if that is in memory and idle', async () => {
    const models = { 'mistral:latest': {}, 'small:latest': {} };
    const bench = setUp({ models, route: 'small:latest' });
    bench.titles.consider('c');
    await bench.titles.idle;
    expect(bench.asked.map(({ model }) => model)).toEqual(['small:latest']);
    const cold = setUp({ models: { ...models, 'small:latest': { ready: false } }, route: 'small:latest' });
    cold.titles.consider('c');
    await cold.titles.idle;
    expect(cold.asked.map(({ model }) => model)).toEqual(['mistral:latest']);
  });

  it.each([
    ['somebody has given another', { title: 'My bread' }],
    ['it is turned off', { isOn: false }],
    ['the model is not in memory', { models: { 'mistral:latest': { ready: false } } }],
    ['the model is busy', { models: { 'mistral:latest': { active: 1 } } }],
    ['another model is busy', { models: { 'mistral:latest': {}, 'other:latest': { active: 1 } } }],
    ['somebody waits for the model', { models: { 'mistral:latest': { queued: 1 } } }],
    ['the model writes bad ones', { excludedModels: ['mistral:latest'] }],
  ] as [string, BenchOptions][])('is not asked for where %s', async (_why, options) => {
    const bench = setUp(options);
    bench.titles.consider('c');
    await bench.titles.idle;
    expect(bench.asked).toEqual([]);
    expect(bench.stored.title).toBe(options.title ?? QUESTION);
  });

  it('stays if somebody gives one while it is made', async () => {
    const bench: Bench = setUp({
      async *write() {
        bench.stored.title = 'Mine';
        yield { type: 'text', text: 'Another one' };
      },
    });
    bench.titles.consider('c');
    await bench.titles.idle;
    expect(bench.stored.title).toBe('Mine');
    expect(bench.told).toEqual([]);
  });

  it('that had to give way is tried again after a pause, not for ever', async () => {
    // oxlint-disable-next-line require-yield -- it gives way at once
    async function* giveWay(): AsyncGenerator<GatewayPart> {
      throw new Problem('queue_full', 'it gave way', { facts: { reason: 'gave_way' } });
    }
    const bench = setUp({ write: (number) => (number === 1 ? giveWay() : writeTitle()) });
    bench.titles.consider('c');
    await bench.clock.advanceUntil(bench.titles.idle);
    expect(bench.asked).toHaveLength(2);
    expect(bench.stored.title).toBe('Rye bread at home');
    const never = setUp({ write: giveWay });
    never.titles.consider('c');
    await never.clock.advanceUntil(never.titles.idle);
    expect(never.asked).toHaveLength(3);
  });

  it.each([
    ['of the same model', 'mistral:latest', 2],
    ['of another model', 'other:latest', 1],
  ])('is given up as soon as an answer %s begins, and tried again', async (_which, model, active) => {
    const bench: Bench = setUp({
      async *write(number, signal) {
        bench.busy('mistral:latest', 1);
        expect(signal.aborted).toBe(false);
        if (number === 1) bench.busy(model, active);
        signal.throwIfAborted();
        yield* writeTitle();
      },
    });
    bench.titles.consider('c');
    await bench.clock.advanceUntil(bench.titles.idle);
    expect(bench.asked).toHaveLength(2);
    expect(bench.stored.title).toBe('Rye bread at home');
  });

  it('that is none leaves the first words', async () => {
    const bench = setUp({
      async *write() {
        yield { type: 'text', text: 'x'.repeat(200) };
      },
    });
    bench.titles.consider('c');
    await bench.titles.idle;
    expect(bench.stored.title).toBe(QUESTION);
  });

  it('is given up when the chat is closed', async () => {
    // oxlint-disable-next-line require-yield -- it gives way at once
    async function* giveWay(): AsyncGenerator<GatewayPart> {
      throw new Problem('queue_full', 'it gave way');
    }
    const bench = setUp({ write: giveWay });
    bench.titles.consider('c');
    await bench.clock.settle();
    bench.titles[Symbol.dispose]();
    await bench.titles.idle;
    expect(bench.asked).toHaveLength(1);
    bench.titles.consider('c');
    await bench.titles.idle;
    expect(bench.asked).toHaveLength(1);
  });
});
