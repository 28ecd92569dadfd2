import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { createChat } from '@pilotlight/chat';
import type { Clock, Gateway, GatewayPart, Randomness, Receipt } from '@pilotlight/contract';
import { openStorage } from '@pilotlight/storage';

// What the generation log costs: the same scripted answers read directly, and read from the log of the chat over a database in a file.
// npm run bench:log -- [--streams 100] [--tokens 300] [--rate 50]

interface Load {
  readonly streams: number;
  readonly tokens: number;
  /** Tokens a second of each stream; 0: as fast as they are read. */
  readonly rate: number;
}

interface Figures {
  readonly tokens: number;
  readonly wallMs: number;
  readonly cpuUsPerToken: number;
  readonly firstMs: readonly number[];
  readonly postMs: readonly number[];
}

const RECEIPT: Receipt = {
  model: 'bench:latest',
  engine: 'bench',
  task: 'chat',
  started_at: '2026-01-01T00:00:00.000Z',
  queue_ms: 0,
  load_ms: 0,
  total_ms: 0,
  attempts: [],
  seams: [],
};
const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs);
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  },
};
const randomness: Randomness = { next: () => Math.random(), id: () => crypto.randomUUID() };

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** One answer at its pace; `onFirst` hears when its first token leaves. */
async function* answer({ tokens, rate }: Load, onFirst: () => void): AsyncGenerator<GatewayPart> {
  yield { type: 'phase', phase: 'answering', model: 'bench:latest', reason: 'In memory.', since: RECEIPT.started_at };
  await pause(20 + Math.random() * 100);
  onFirst();
  const startMs = performance.now();
  for (let index = 0; index < tokens; index += 1) {
    yield { type: 'text', text: ' token' };
    if (rate > 0) await pause(Math.max(0, startMs + ((index + 1) * 1000) / rate - performance.now()));
    else if (index % 8 === 7) await new Promise((resolve) => setImmediate(resolve));
  }
  yield { type: 'finish', reason: 'stop', receipt: RECEIPT };
}

/** Runs all streams at once and counts what `read` gives. */
async function measure(load: Load, read: (stream: number, onText: () => void) => Promise<number>): Promise<Figures> {
  const firstMs: number[] = [];
  const postMs: number[] = [];
  let tokens = 0;
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  await Promise.all(
    Array.from({ length: load.streams }, async (_, stream) => {
      await pause(Math.random() * 20);
      let isFirst = true;
      const sentMs = await read(stream, () => {
        tokens += 1;
        if (isFirst) firstMs.push(performance.now());
        isFirst = false;
      });
      postMs.push(sentMs);
    }),
  );
  const wallMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpu);
  return { tokens, wallMs, cpuUsPerToken: (user + system) / tokens, firstMs, postMs };
}

async function measureDirect(load: Load): Promise<Figures> {
  return measure(load, async (_stream, onText) => {
    for await (const part of answer(load, () => undefined)) if (part.type === 'text') onText();
    return 0;
  });
}

async function measureLogged(load: Load, file: string): Promise<Figures> {
  await using storage = await openStorage({ location: { file }, clock });
  const leftMs = new Map<string, number>();
  const firstMs: number[] = [];
  const gateway = {
    modelFor: () => undefined,
    placeFor: () => undefined,
    model: () => undefined,
    generate: ({ requestId }: { readonly requestId: string }) => answer(load, () => leftMs.set(requestId, performance.now())),
  } as unknown as Gateway;
  const log = {
    info: () => undefined,
    warn: () => undefined,
    error: (fields: unknown) => process.stderr.write(`${JSON.stringify(fields)}\n`),
  };
  await using chat = createChat({ gateway, store: storage.chats, clock, randomness, log });
  const figures = await measure(load, async (stream, onText) => {
    const id = `${load.rate}-${stream}`;
    const startMs = performance.now();
    const question = { conversationId: id, messageId: `q-${id}`, text: 'Hello', task: 'chat', options: {}, requestId: id } as const;
    const { generation_id: generationId } = await chat.post({ ...question, priority: 'api' });
    const postMs = performance.now() - startMs;
    let isFirst = true;
    for await (const { part } of chat.follow(generationId, 0, new AbortController().signal)) {
      if (part.type !== 'text') continue;
      if (isFirst) firstMs.push(performance.now() - (leftMs.get(id) ?? 0));
      isFirst = false;
      onText();
    }
    return postMs;
  });
  return { ...figures, firstMs };
}

function quantile(values: readonly number[], share: number): string {
  const sorted = values.toSorted((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(2);
}

function print(name: string, direct: Figures, logged: Figures): void {
  const expected = direct.tokens === logged.tokens ? 'none lost' : `${direct.tokens - logged.tokens} LOST`;
  const lines = [
    `${name}: ${logged.tokens} tokens, ${expected}`,
    `  CPU a token     ${direct.cpuUsPerToken.toFixed(2)} µs without the log, ${logged.cpuUsPerToken.toFixed(2)} µs with it: ${(logged.cpuUsPerToken - direct.cpuUsPerToken).toFixed(2)} µs for the log`,
    `  tokens a second ${Math.round((direct.tokens / direct.wallMs) * 1000)} without, ${Math.round((logged.tokens / logged.wallMs) * 1000)} with: ratio ${(direct.wallMs / logged.wallMs).toFixed(3)}`,
    `  first token     ${quantile(logged.firstMs, 0.5)} ms p50, ${quantile(logged.firstMs, 0.99)} ms p99 from the engine to the reader`,
    `  post stored     ${quantile(logged.postMs, 0.5)} ms p50, ${quantile(logged.postMs, 0.99)} ms p99, synced to the disk`,
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

const { values } = parseArgs({
  options: {
    streams: { type: 'string', default: '100' },
    tokens: { type: 'string', default: '300' },
    rate: { type: 'string', default: '50' },
  },
});
const folder = await mkdtemp(join(tmpdir(), 'pilotlight-bench-'));
try {
  const [streams, tokens, rate] = [Number(values.streams), Number(values.tokens), Number(values.rate)];
  const paced: readonly Load[] = [...new Set([1, 10, streams])].map((count) => ({ streams: count, tokens, rate }));
  for (const load of [...paced, { streams: 10, tokens: 20_000, rate: 0 }]) {
    const file = join(folder, `${load.streams}-${load.rate}.db`);
    const [direct, logged] = [await measureDirect(load), await measureLogged(load, file)];
    print(load.rate > 0 ? `${load.streams} streams at ${load.rate} tokens/s` : `${load.streams} streams, flood`, direct, logged);
    process.stdout.write(`  database        ${((await stat(file)).size / logged.tokens).toFixed(1)} bytes a token\n`);
  }
} finally {
  await rm(folder, { recursive: true, force: true });
}
