import { readFile } from 'node:fs/promises';
import { matchesGlob } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { GatewayPart } from '@pilotlight/contract';
import { createManualClock } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { allEvents, nextEvent, readEvents } from '../testing/read-events.ts';
import { createScriptedGateway, RECEIPT } from '../testing/scripted-gateway.ts';
import { startTestServer } from '../testing/start-test-server.ts';
import type { TestServer } from '../testing/start-test-server.ts';

/** How answers that were to survive were lost, doubled or made up elsewhere, and the tests here that say they are not. */
const KNOWN_BUGS: readonly { readonly seen: string; readonly at: string; readonly file: string; readonly test: string }[] = [
  {
    seen: 'a snapshot and the buffer were both replayed: text came twice',
    at: 'danny-avila/LibreChat#12225',
    file: 'apps/server/src/durability/follow.test.ts',
    test: 'gets every byte once and in order from every offset',
  },
  {
    seen: 'from the second reconnect on the reader expected other numbers than the writer gave, and pieces were dropped',
    at: 'danny-avila/LibreChat#11842',
    file: 'apps/server/src/durability/known-bugs.test.ts',
    test: 'is left and taken up twenty times',
  },
  {
    seen: 'the stream had the id of the conversation, so that the next answer began at the high-water mark of the last one',
    at: 'danny-avila/LibreChat#13117',
    file: 'apps/server/src/durability/follow.test.ts',
    test: 'three generations in one conversation, across a restart, each have a log of their own',
  },
  {
    seen: 'who left before the first token lost the answer',
    at: 'danny-avila/LibreChat#13335',
    file: 'apps/server/src/durability/follow.test.ts',
    test: 'leaves without ending anything, in every phase',
  },
  {
    seen: 'the stream was in memory alone and was gone with the process',
    at: 'danny-avila/LibreChat#10926',
    file: 'apps/server/src/durability/generation.test.ts',
    test: 'was killed: what it left is marked as interrupted, once, with its text, and nothing is generated',
  },
  {
    seen: 'the answer was whole at the server, and the page said that it was interrupted',
    at: 'microsoft/simplechat#1379',
    file: 'apps/server/src/durability/known-bugs.test.ts',
    test: 'that ended while its reader was away is whole to the reader that comes back',
  },
  {
    seen: 'recovery asked the model again and wrote over an answer that was stored',
    at: 'odysseus-dev/odysseus#3541',
    file: 'packages/test-kit/src/crash/checker/judge.test.ts',
    test: 'an answer that nobody asked for',
  },
  {
    seen: 'the mark of a running stream stayed where its end failed, and the conversation was busy for ever',
    at: 'vercel-labs/open-agents#153',
    file: 'apps/server/src/durability/failing-disk.test.ts',
    test: 'at one operation, whichever it is: nothing acknowledged is lost',
  },
  {
    seen: 'streams could be read by whoever knew an id',
    at: 'CVE-2026-31950',
    file: 'apps/server/src/http/door.test.ts',
    test: 'nothing but liveness, the start and the page is answered without it',
  },
  {
    seen: 'a load or a prompt of minutes ran into some time-out on the way',
    at: 'the time-outs of Node, undici and proxies',
    file: 'apps/server/src/durability/known-bugs.test.ts',
    test: 'whose prompt is read for ten minutes',
  },
  {
    seen: 'a proxy gathered the stream, and nobody knew why the answer came in one piece',
    at: 'buffering proxies',
    file: 'apps/server/src/http/held-back.test.ts',
    test: 'a proxy that gathers what it passes on is seen by the stamps of the server, and nothing is lost',
  },
];

it.each(KNOWN_BUGS)('$at: $seen', async ({ file, test }) => {
  const text = await readFile(fileURLToPath(new URL(`../../../../${file}`, import.meta.url)), 'utf8');
  // A name alone proves nothing: it would stand in a remark, in a file that nobody runs, and beside what is skipped as well.
  expect(titlesOf(text).filter((title) => title.includes(test))).toHaveLength(1);
  expect((await runs()).some(({ include, exclude }) => isAmong(file, include) && !isAmong(file, exclude))).toBe(true);
  expect(text).not.toMatch(/\b(?:it|test|describe)\.(?:skip|todo|fails|only)\b/);
});

interface Run {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

/** Which files are run, as the configuration of the tests says. */
async function runs(): Promise<readonly Run[]> {
  const { default: configuration } = (await import(new URL('../../../../vitest.config.ts', import.meta.url).href)) as {
    readonly default: { readonly test: { readonly projects: readonly { readonly test: Run }[] } };
  };
  return configuration.test.projects.map(({ test }) => test);
}

function isAmong(file: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => matchesGlob(file, pattern));
}

/** What stands as a title: of a test, or at the head of a row of a table of tests. */
function titlesOf(text: string): string[] {
  const code = text.replaceAll(/^\s*(?:\/\/|\*|\/\*).*$/gm, '');
  return [...code.matchAll(/^\s*(?:(?:it|test)(?:\.skipIf\([^\n]*?\))?\(\s*|\[\s*|name: )(['"`])(.*?)\1,/gm)].map(
    ([, , title]) => title ?? '',
  );
}

async function ask(server: TestServer): Promise<string> {
  const response = await fetch(`${server.url}/api/conversations/c/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"message_id":"m","text":"Speak"}',
  });
  return ((await response.json()) as { readonly generation_id: string }).generation_id;
}

/** An answer of numbered words, each said when the test asks for it. */
function createWordGateway(words: number) {
  const gates = Array.from({ length: words }, () => Promise.withResolvers<void>());
  let said = 0;
  const gateway = createScriptedGateway();
  gateway.script = async function* (): AsyncGenerator<GatewayPart> {
    for (const [index, { promise }] of gates.entries()) {
      await promise;
      yield { type: 'text', text: `${index} ` };
    }
    yield { type: 'finish', reason: 'stop', receipt: RECEIPT };
  };
  return { gateway, say: () => gates[said++]?.resolve() };
}

describe('an answer', () => {
  it('is left and taken up twenty times by its reader, as browsers do, and comes once, in order', async () => {
    const words = 40;
    const { gateway, say } = createWordGateway(words);
    await using server = await startTestServer({ gateway });
    const id = await ask(server);
    const shown: { readonly offset: number; readonly data: string }[] = [];
    for (let connection = 0; connection < 20; connection += 1) {
      const leaving = new AbortController();
      const last = shown.at(-1);
      // Now and then it is there before there is anything new.
      const isEarly = connection % 5 === 0;
      const sayTwo = (): void => [0, 1].forEach(say);
      if (!isEarly) sayTwo();
      const response = await fetch(`${server.url}/api/generations/${id}/events`, {
        headers: last === undefined ? {} : { 'last-event-id': String(last.offset) },
        signal: leaving.signal,
      });
      const events = readEvents(response);
      if (isEarly) sayTwo();
      const wanted = `"${connection * 2 + 1} "`;
      await nextEvent(events, ({ id: offset, data }) => {
        shown.push({ offset: Number(offset), data });
        return data.includes(wanted);
      });
      leaving.abort();
    }
    const last = shown.at(-1)?.offset;
    const rest = await allEvents(await fetch(`${server.url}/api/generations/${id}/events`, { headers: { 'last-event-id': String(last) } }));
    shown.push(...rest.map(({ id: offset, data }) => ({ offset: Number(offset), data })));
    const whole = await allEvents(await fetch(`${server.url}/api/generations/${id}/events`));
    expect(shown).toEqual(whole.map(({ id: offset, data }) => ({ offset: Number(offset), data })));
    expect(shown.map(({ offset }) => offset)).toEqual(shown.map((_, index) => index));
    const text = shown.map(({ data }) => (JSON.parse(data) as { readonly text?: string }).text ?? '').join('');
    expect(text).toBe(Array.from({ length: words }, (_, index) => `${index} `).join(''));
  });

  it('that ended while its reader was away is whole to the reader that comes back', async () => {
    const { gateway, say } = createWordGateway(2);
    await using server = await startTestServer({ gateway });
    const id = await ask(server);
    const leaving = new AbortController();
    const events = readEvents(await fetch(`${server.url}/api/generations/${id}/events`, { signal: leaving.signal }));
    say();
    const seen = await nextEvent(events, ({ event }) => event === 'text');
    leaving.abort();
    say();
    await expect.poll(async () => (await server.services.chat.conversation('c')).messages[1]?.state).toBe('complete');
    const rest = await allEvents(await fetch(`${server.url}/api/generations/${id}/events`, { headers: { 'last-event-id': seen.id } }));
    expect(rest.map(({ event }) => event)).toEqual(['text', 'finish']);
    expect(JSON.parse(rest.at(-1)?.data ?? '{}')).toMatchObject({ type: 'finish', reason: 'stop' });
  });

  it('whose prompt is read for ten minutes is waited for: the connection is kept, the progress is told, and nobody gives up', async () => {
    const clock = createManualClock();
    const done = Promise.withResolvers<void>();
    const gateway = createScriptedGateway();
    gateway.script = async function* (): AsyncGenerator<GatewayPart> {
      const reading = {
        type: 'phase',
        phase: 'reading',
        model: 'pilot:latest',
        reason: 'Reading the prompt',
        since: '2026-01-01T00:00:00.000Z',
      } as const;
      yield { ...reading, tokens_done: 100, tokens_total: 200_000 };
      await done.promise;
      yield { type: 'text', text: 'At last.' };
      yield { type: 'finish', reason: 'stop', receipt: RECEIPT };
    };
    await using server = await startTestServer({ gateway, clock });
    const response = await fetch(`${server.url}/api/chat/stream`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"message":"A long one"}',
    });
    const pieces = response.body?.pipeThrough(new TextDecoderStream())[Symbol.asyncIterator]();
    let text = '';
    const until = async (wanted: RegExp): Promise<void> => {
      while (!wanted.test(text)) {
        const next = await pieces?.next();
        if (next === undefined || next.done === true) throw new Error(`the stream ended: ${text}`);
        text += next.value;
      }
    };
    await until(/"tokens_total":200000/);
    for (let second = 10; second <= 600; second += 10) {
      await clock.advance(10_000);
      await until(new RegExp(`^:${second}\\d{3}\\n`, 'm'));
    }
    expect(text).not.toContain('event: error');
    done.resolve();
    await until(/event: finish/);
    expect(text).toContain('At last.');
  });
});
