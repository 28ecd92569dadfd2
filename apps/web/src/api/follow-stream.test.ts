import { sleep, type StreamPart } from '@pilotlight/contract';
import { createManualClock, createSeededRandomness } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { followStream, QUIET_LIMIT_MS, toRetryDelay, type StreamStatus } from './follow-stream.ts';
import { openGenerationSource } from './generation-source.ts';
import type { OffsetPart } from './hub-messages.ts';
import { ConnectionLost, RequestRefused, toProblem, type Http } from './http.ts';

type Connect = (path: string, signal: AbortSignal) => AsyncIterable<string>;

function portsWith(connect: Connect) {
  const http: Http = {
    send: () => Promise.reject(new Error('not used')),
    upload: () => Promise.reject(new Error('not used')),
    stream: async (path, signal) => connect(path, signal),
  };
  return { http, clock: createManualClock(), randomness: createSeededRandomness(7) };
}

/** Says hello and then nothing more. */
async function* quiet(signal: AbortSignal): AsyncGenerator<string> {
  yield ': hello\n\n';
  await new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
}

const LOG: readonly StreamPart[] = [
  { type: 'start', conversation_id: 'c', generation_id: 'g', message_id: 'm', model: 'a:latest' },
  ...Array.from({ length: 6 }, (_, index): StreamPart => ({ type: 'text', text: `word ${index} ` })),
  { type: 'error', code: 'answer_cut', title: 't', detail: 'd', remedy: 'r', source: 'upstream', kept: true },
];

function wire(from: number, to = LOG.length): string {
  return LOG.slice(from, to)
    .map((part, index) => `id: ${from + index}\nevent: ${part.type}\ndata: ${JSON.stringify(part)}\n\n`)
    .join('');
}

describe('toRetryDelay', () => {
  it('doubles up to ten seconds, with a half of chance', () => {
    expect([1, 2, 3, 4, 5, 6, 50].map((failures) => toRetryDelay(failures, 1))).toEqual([500, 1000, 2000, 4000, 8000, 10_000, 10_000]);
    expect(toRetryDelay(3, 0)).toBe(1000);
  });
});

describe('openGenerationSource', () => {
  it.each([
    ['tells of a proxy that passes the answer on in one lump', 0, 1],
    ['does not tell of one of an answer that comes as it is sent', 1_000, 0],
  ])('%s', async (_name, gapMs, told) => {
    let count = 0;
    const ports = portsWith(async function* () {
      for (let second = 0; second < LOG.length; second += 1) {
        yield `:${second * 1_000}\n${wire(second, second + 1)}`;
        if (gapMs > 0) await sleep(ports.clock, gapMs);
      }
    });
    const source = openGenerationSource({ ...ports, onHeldBack: () => (count += 1) }, 'g', {
      onParts: () => undefined,
      onStatus: () => undefined,
    });
    while (!source.isDone) {
      await ports.clock.settle();
      if (!source.isDone) await ports.clock.advanceToNext();
    }
    expect(count).toBe(told);
  });

  it('takes every part once, in order, wherever the connection breaks', async () => {
    const whole = wire(0);
    for (let cut = 0; cut < whole.length; cut += 7) {
      let connections = 0;
      const ports = portsWith(async function* (path) {
        connections += 1;
        const from = Number(new URL(path, 'http://x').searchParams.get('from'));
        if (connections > 1) {
          yield wire(from);
          return;
        }
        yield whole.slice(0, cut);
        throw new ConnectionLost('cut');
      });
      const taken: OffsetPart[] = [];
      const source = openGenerationSource(ports, 'g', { onParts: (parts) => taken.push(...parts), onStatus: () => undefined });
      while (!source.isDone) {
        await ports.clock.settle();
        if (!source.isDone) await ports.clock.advanceToNext();
      }
      expect(
        taken.map(({ part }) => part),
        `cut at ${cut}`,
      ).toEqual(LOG);
      expect(taken.map(({ offset }) => offset)).toEqual(LOG.map((_, index) => index));
    }
  });

  it('takes a part once that a server sends again', async () => {
    const ports = portsWith(async function* () {
      yield wire(0, 3);
      yield wire(0);
    });
    const taken: OffsetPart[] = [];
    const source = openGenerationSource(ports, 'g', { onParts: (parts) => taken.push(...parts), onStatus: () => undefined });
    await ports.clock.settle();
    expect(source.isDone).toBe(true);
    expect(taken.length).toBe(LOG.length);
  });
});

describe('followStream', () => {
  function follow(connect: Connect) {
    const ports = portsWith(connect);
    const statuses: StreamStatus[] = [];
    const controller = new AbortController();
    const stream = followStream(ports, {
      path: () => '/x',
      take: () => false,
      report: (status) => statuses.push(status),
      signal: controller.signal,
    });
    return { ...ports, statuses, controller, ...stream };
  }

  it('counts a connection as lost that has been silent for too long', async () => {
    const { clock, statuses, controller } = follow((_path, signal) => quiet(signal));
    await clock.settle();
    expect(statuses.map(({ kind }) => kind)).toEqual(['open']);
    await clock.advance(QUIET_LIMIT_MS - 1);
    expect(statuses.length).toBe(1);
    await clock.advance(1);
    await clock.settle();
    expect(statuses.at(-1)).toMatchObject({ kind: 'lost', failures: 1 });
    controller.abort();
  });

  it('waits longer after each failure, tells since when, and tries at once when asked', async () => {
    let isBack = false;
    const { clock, statuses, controller, tryNow } = follow((_path, signal) => {
      if (!isBack) throw new ConnectionLost('refused');
      return quiet(signal);
    });
    await clock.settle();
    const begin = clock.now();
    for (let failure = 1; failure < 5; failure += 1) await clock.advanceToNext();
    await clock.settle();
    const last = statuses.at(-1);
    expect(last).toMatchObject({ kind: 'lost', failures: 5, lostAt: begin });
    isBack = true;
    tryNow();
    await clock.settle();
    expect(statuses.at(-1)).toEqual({ kind: 'open' });
    controller.abort();
  });

  it('does not try again what the server refuses for good, and does after a passing refusal', async () => {
    const refuse =
      (status: number): Connect =>
      () => {
        throw new RequestRefused(toProblem(status, undefined), 3000);
      };
    const gone = follow(refuse(404));
    await gone.clock.settle();
    expect(gone.statuses.map(({ kind }) => kind)).toEqual(['refused']);
    expect(gone.clock.pending).toBe(0);
    const busy = follow(refuse(429));
    await busy.clock.settle();
    expect(busy.statuses).toMatchObject([{ kind: 'lost', retryAt: busy.clock.now() + 3000 }]);
    busy.controller.abort();
  });
});
