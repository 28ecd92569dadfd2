import type { PageEvent } from '@pilotlight/contract';
import { createManualClock, createSeededRandomness, type ManualClock } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import type { Connection, OffsetPart } from './hub-messages.ts';
import type { Http } from './http.ts';
import { createHub } from './hub.ts';
import { SILENCE_LIMIT_MS } from './silences.ts';
import type { Tabs } from './tabs.ts';

const PICTURE = { type: 'models', models: [], engines: [], memory: { total_bytes: 1, free_bytes: 1, resident: [] } } as PageEvent;

/** A browser with one lock and one channel, and a server whose streams are written by hand. */
function createBrowser() {
  const clock: ManualClock = createManualClock();
  const channel = new Set<(message: unknown) => void>();
  const waiting: (() => void)[] = [];
  let isLed = false;
  const opened: string[] = [];
  const writers: { path: string; write: (text: string) => void }[] = [];

  function next(): void {
    const lead = waiting.shift();
    isLed = lead !== undefined;
    lead?.();
  }

  const http: Http = {
    send: () => Promise.reject(new Error('not used')),
    upload: () => Promise.reject(new Error('not used')),
    stream(path, signal) {
      opened.push(path);
      const { readable, writable } = new TransformStream<string, string>();
      const writer = writable.getWriter();
      signal.addEventListener('abort', () => void writer.abort().catch(() => undefined));
      writers.push({ path, write: (text) => void writer.write(text).catch(() => undefined) });
      return Promise.resolve(readable as unknown as AsyncIterable<string>);
    },
  };

  function openTab(isHeard = true) {
    const receive = (message: unknown): void => listener?.(message);
    let listener: ((message: unknown) => void) | undefined;
    const tabs: Tabs = {
      becomeLeader(signal, lead) {
        waiting.push(() => {
          signal.addEventListener('abort', next);
          lead();
        });
        if (!isLed) next();
      },
      post(message) {
        if (isHeard) for (const other of channel) if (other !== receive) other(structuredClone(message));
      },
      onMessage(next_) {
        listener = next_;
        channel.add(receive);
        return { [Symbol.dispose]: () => channel.delete(receive) };
      },
    };
    const events: PageEvent[] = [];
    const connections: Connection[] = [];
    const hub = createHub(
      { http, clock, randomness: createSeededRandomness(3), tabs },
      {
        onPageEvents: (received) => events.push(...received),
        onConnection: (connection) => connections.push(connection),
        picture: () => events.find(({ type }) => type === 'models'),
      },
    );
    return { hub, events, connections };
  }

  async function write(path: string, event: { type: string }, id?: number): Promise<void> {
    for (const writer of writers.filter((candidate) => candidate.path.startsWith(path)))
      writer.write(`${id === undefined ? '' : `id: ${id}\n`}data: ${JSON.stringify(event)}\n\n`);
    await clock.settle();
    await clock.settle();
  }

  return { clock, opened, openTab, write };
}

function recordParts(taken: OffsetPart[]) {
  return { onParts: (parts: readonly OffsetPart[]) => taken.push(...parts), onGone: () => undefined };
}

describe('the tabs of one browser', () => {
  it('share one page stream, and a later tab gets the picture', async () => {
    const browser = createBrowser();
    const first = browser.openTab();
    await browser.write('/api/events', PICTURE);
    const second = browser.openTab();
    await browser.clock.settle();
    expect(second.events).toEqual([PICTURE]);
    expect(second.connections.at(-1)).toEqual({ kind: 'open' });
    await browser.write('/api/events', { type: 'conversation_removed', id: 'x' } as PageEvent);
    for (const { events } of [first, second]) expect(events.at(-1)).toEqual({ type: 'conversation_removed', id: 'x' });
    expect(browser.opened).toEqual(['/api/events']);
    first.hub.close();
    second.hub.close();
  });

  it('share the log of an answer, each from its first part', async () => {
    const browser = createBrowser();
    const [first, second] = [browser.openTab(), browser.openTab()];
    const [one, two]: [OffsetPart[], OffsetPart[]] = [[], []];
    first.hub.follow('g', recordParts(one));
    await browser.write('/api/generations/g', { type: 'text', text: 'a' } as never, 0);
    second.hub.follow('g', recordParts(two));
    await browser.write('/api/generations/g', { type: 'text', text: 'b' } as never, 1);
    for (const taken of [one, two]) expect([...new Set(taken.map(({ offset }) => offset))]).toEqual([0, 1]);
    expect(browser.opened.filter((path) => path.includes('generations'))).toEqual(['/api/generations/g/events?from=0']);
    first.hub.close();
    second.hub.close();
  });

  it('go on when the one that reads is closed', async () => {
    const browser = createBrowser();
    const [first, second] = [browser.openTab(), browser.openTab()];
    const taken: OffsetPart[] = [];
    second.hub.follow('g', recordParts(taken));
    await browser.clock.settle();
    first.hub.close();
    await browser.clock.settle();
    expect(browser.opened.filter((path) => path === '/api/events').length).toBe(2);
    await browser.write('/api/generations/g', { type: 'text', text: 'a' } as never, 0);
    expect(taken.map(({ offset }) => offset)).toContain(0);
    second.hub.close();
  });

  it('read for themselves when the one that leads says nothing', async () => {
    const browser = createBrowser();
    browser.openTab(false);
    const second = browser.openTab();
    await browser.clock.settle();
    expect(browser.opened.length).toBe(1);
    await browser.clock.advance(SILENCE_LIMIT_MS);
    await browser.clock.settle();
    expect(browser.opened).toEqual(['/api/events', '/api/events']);
    expect(second.connections.at(-1)).toEqual({ kind: 'open' });
    second.hub.close();
  });
});
