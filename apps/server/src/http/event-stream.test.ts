import { createManualClock, systemClock } from '@pilotlight/test-kit';
import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';

import { readEvents } from '../testing/read-events.ts';
import { startTestServer } from '../testing/start-test-server.ts';
import { defineRoute, events, eventStreamOf } from './define-route.ts';
import type { StreamEvent } from './define-route.ts';
import { pumpEvents, toFrame } from './event-stream.ts';
import type { EventSink } from './event-stream.ts';

function recordingSink(): EventSink & { text: string; full: boolean; ended: boolean; destroyed: boolean; release: () => void } {
  let room = Promise.withResolvers<void>();
  const sink = {
    text: '',
    full: false,
    ended: false,
    destroyed: false,
    write: (text: string) => void (sink.text += text),
    get isFull() {
      return sink.full;
    },
    drained: () => room.promise,
    end: () => void (sink.ended = true),
    destroy: () => void (sink.destroyed = true),
    release() {
      sink.full = false;
      room.resolve();
      room = Promise.withResolvers<void>();
    },
  };
  return sink;
}

async function* endless(seen: { count: number }): AsyncGenerator<StreamEvent> {
  for (;;) yield { id: seen.count, type: 'text', json: `{"n":${seen.count++}}` };
}

describe('a frame', () => {
  it('has id, event and data in one line each', () => {
    expect(toFrame({ id: 3, type: 'text', json: JSON.stringify({ type: 'text', text: 'a\nb\r\u2028' }) })).toBe(
      'id: 3\nevent: text\ndata: {"type":"text","text":"a\\nb\\r\u2028"}\n\n',
    );
    expect(toFrame({ type: 'models', json: '{}' })).toBe('event: models\ndata: {}\n\n');
  });
});

describe('the pump', () => {
  it('sends a comment every 10 s and leaves no timer behind', async () => {
    const clock = createManualClock();
    const sink = recordingSink();
    const gate = Promise.withResolvers<IteratorResult<StreamEvent>>();
    const iterator: AsyncIterator<StreamEvent> = { next: () => gate.promise };
    const pumped = pumpEvents({ iterator, first: gate.promise, sink, clock, signal: new AbortController().signal });
    await clock.advance(25_000);
    expect(sink.text).toBe(':10000\n\n:20000\n\n');
    gate.resolve({ done: true, value: undefined });
    await pumped;
    expect(sink.ended).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('says when it sent what, four times a second at most', async () => {
    const clock = createManualClock();
    const sink = recordingSink();
    const gates = Array.from({ length: 4 }, () => Promise.withResolvers<IteratorResult<StreamEvent>>());
    let asked = 0;
    const iterator: AsyncIterator<StreamEvent> = {
      next: () => gates[(asked += 1)]?.promise ?? Promise.resolve({ done: true, value: undefined }),
    };
    const first = gates[0]?.promise ?? Promise.reject(new Error('no gate'));
    const pumped = pumpEvents({ iterator, first, sink, clock, signal: new AbortController().signal });
    for (const [index, { resolve }] of gates.entries()) {
      resolve({ done: false, value: { id: index, type: 'text', json: '{}' } });
      await clock.advance(100);
    }
    await pumped;
    expect(sink.text.match(/^:.*$/gm)).toEqual([':0', ':300']);
  });

  it('asks nothing of the source while the reader is behind, and cuts it off after 2 minutes', async () => {
    const clock = createManualClock();
    const sink = recordingSink();
    const seen = { count: 0 };
    const iterator = endless(seen);
    sink.full = true;
    const pumped = pumpEvents({ iterator, first: iterator.next(), sink, clock, signal: new AbortController().signal });
    await clock.advance(60_000);
    expect(seen.count).toBe(1);
    expect(sink.text).not.toMatch(/:\d+\n\n/);
    sink.release();
    sink.full = true;
    await turn();
    expect(seen.count).toBe(2);
    await clock.advance(121_000);
    await pumped;
    expect(sink.destroyed).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it('breaks the connection if the source fails, so that no end looks like one', async () => {
    const sink = recordingSink();
    const failing: AsyncIterator<StreamEvent> = { next: () => Promise.reject(new Error('broken')) };
    const pumped = pumpEvents({
      iterator: failing,
      first: failing.next(),
      sink,
      clock: createManualClock(),
      signal: new AbortController().signal,
    });
    await expect(pumped).rejects.toThrow('broken');
    expect(sink.destroyed).toBe(true);
    expect(sink.ended).toBe(false);
  });
});

describe('over a socket', () => {
  it('a reader that never reads does not make the source run away', async () => {
    const seen = { count: 0 };
    const padding = 'x'.repeat(1_000);
    const route = defineRoute({
      method: 'GET',
      path: '/test/flood',
      family: 'test',
      summary: 'Flood',
      answers: eventStreamOf(z.object({}), 'Flood'),
      problems: [],
      handle: () =>
        events(
          (async function* () {
            for (;;) yield { id: seen.count++, type: 'text', json: `"${padding}"` };
          })(),
        ),
    });
    await using server = await startTestServer({ routes: [route] });
    const socket = connect(server.port, '127.0.0.1');
    socket.pause();
    socket.write(`GET /test/flood HTTP/1.1\r\nHost: ${server.host}\r\n\r\n`);
    let before = -1;
    while (seen.count === 0 || seen.count !== before) {
      before = seen.count;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    // What the kernel's buffers and ours hold, and no more.
    expect(seen.count).toBeLessThan(20_000);
    socket.destroy();
  });

  it('a client that leaves is seen at once', async () => {
    const left = Promise.withResolvers<void>();
    const route = defineRoute({
      method: 'GET',
      path: '/test/wait',
      family: 'test',
      summary: 'Wait',
      answers: eventStreamOf(z.object({}), 'Wait'),
      problems: [],
      handle: ({ signal }) => {
        signal.addEventListener('abort', () => left.resolve());
        return events(
          (async function* () {
            yield { type: 'text', json: '{}' };
            await left.promise;
          })(),
        );
      },
    });
    await using server = await startTestServer({ routes: [route] });
    const controller = new AbortController();
    const response = await fetch(`${server.url}/test/wait`, { signal: controller.signal });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    for await (const event of readEvents(response)) {
      expect(event.data).toBe('{}');
      controller.abort();
      break;
    }
    await left.promise;
  });

  it('one address may open 300 streams and no more; a place that is given back is free again', async () => {
    const clock = systemClock;
    await using server = await startTestServer({ clock });
    const controllers = Array.from({ length: 300 }, () => new AbortController());
    const open = await Promise.all(controllers.map(({ signal }) => fetch(`${server.url}/api/events`, { signal })));
    expect(new Set(open.map((response) => response.status))).toEqual(new Set([200]));
    const refused = await fetch(`${server.url}/api/events`);
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: 'too_many_streams' });
    // A question whose stream is refused was posted all the same, so that asking again wrote two answers.
    const question = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"message":"hi","conversation_id":"c1"}' };
    expect((await fetch(`${server.url}/api/chat/stream`, question)).status).toBe(429);
    await expect(server.services.chat.conversation('c1')).rejects.toMatchObject({ code: 'conversation_not_found' });
    controllers[0]?.abort();
    await expect
      .poll(async () => {
        const controller = new AbortController();
        const { status } = await fetch(`${server.url}/api/events`, { signal: controller.signal });
        controller.abort();
        return status;
      })
      .toBe(200);
    for (const controller of controllers) controller.abort();
  });
});
