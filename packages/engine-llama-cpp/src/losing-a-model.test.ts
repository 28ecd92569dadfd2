import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { EngineEvent, EnginePart } from '@pilotlight/contract';
import { createManualClock, createTemporaryFolder, isProcessAlive } from '@pilotlight/test-kit';
import { expect, test } from 'vitest';

import { buildGguf, modelEntries } from './testing/gguf-bytes.ts';
import { createPilotEngine, PILOT } from './testing/pilot-engine.ts';
import type { PilotEngine } from './testing/pilot-engine.ts';

const never = new AbortController().signal;
const ENDLESS = { type: 'array', items: { type: 'integer' }, minItems: 1000, maxItems: 1000 };
const muteChild = new URL('adapters/testing/mute-child.ts', import.meta.url).href;

const load = ({ engine }: PilotEngine, model: string = PILOT): Promise<unknown> =>
  engine.load(model, { profile: { slots: 1 }, signal: never, onProgress: () => {} });

function begin({ engine }: PilotEngine): AsyncIterator<EnginePart> {
  const request = { model: PILOT, messages: [{ role: 'user', content: 'Count' }] as const, options: { format: ENDLESS }, profile: {} };
  return engine.stream(request, never)[Symbol.asyncIterator]();
}

async function readToFailure(iterator: AsyncIterator<EnginePart>): Promise<unknown> {
  for (;;) {
    const result = await iterator.next().catch((error: unknown) => ({ error }));
    if ('error' in result) return result.error;
    if (result.done === true) throw new Error('the answer ended as if it were whole');
  }
}

test('a model that is killed in the middle of an answer: the answer says so, an event says why, the next load works', async () => {
  await using pilot = createPilotEngine();
  const events: EngineEvent[] = [];
  pilot.engine.subscribe((event) => events.push(event));
  await load(pilot);
  const iterator = begin(pilot);
  expect((await iterator.next()).done).toBe(false);
  process.kill(pilot.alive()[0]!, 'SIGKILL');
  expect(await readToFailure(iterator)).toMatchObject({
    name: 'EngineError',
    failure: 'died',
    message: 'Its process was ended by the signal SIGKILL.',
  });
  expect(events).toEqual([{ type: 'model-lost', model: PILOT, failure: 'died', reason: 'Its process was ended by the signal SIGKILL.' }]);
  expect(await pilot.engine.resident()).toEqual([]);
  expect(await readToFailure(begin(pilot))).toMatchObject({ failure: 'absent' });
  await load(pilot);
  expect((await begin(pilot).next()).done).toBe(false);
});

test('disposing in the middle of an answer ends every process, also one that ignores SIGTERM, and no new one starts', async () => {
  const pilot = createPilotEngine({ childModule: muteChild });
  await load(pilot);
  const [pid] = pilot.alive();
  const next = begin(pilot).next();
  await Promise.all([expect(next).rejects.toMatchObject({ name: 'EngineError', failure: 'died' }), pilot.engine[Symbol.asyncDispose]()]);
  expect(isProcessAlive(pid!)).toBe(false);
  await expect(load(pilot)).rejects.toMatchObject({ failure: 'died' });
  expect(pilot.children).toHaveLength(1);
});

test('disposing in the middle of a load ends it', async () => {
  const pilot = createPilotEngine();
  const loading = load(pilot);
  while (pilot.children.length === 0) await new Promise(setImmediate);
  await Promise.all([expect(loading).rejects.toMatchObject({ name: 'EngineError', failure: 'died' }), pilot.engine[Symbol.asyncDispose]()]);
  expect(pilot.alive()).toEqual([]);
});

test('a template that does not come to an end costs the model’s process, not the server', async () => {
  const clock = createManualClock();
  await using pilot = createPilotEngine({ childModule: muteChild, clock });
  await load(pilot);
  const next = begin(pilot).next();
  await clock.advance(30_000);
  await expect(next).rejects.toMatchObject({ failure: 'failed', message: expect.stringMatching(/chat template/) });
  expect(await pilot.engine.resident()).toEqual([]);
});

test('a request that was given up still has its limit', async () => {
  const clock = createManualClock();
  await using pilot = createPilotEngine({ childModule: muteChild, clock });
  await load(pilot);
  const iterator = begin(pilot);
  const next = iterator.next();
  await iterator.return?.();
  expect(await next).toEqual({ done: true, value: undefined });
  await clock.advance(30_000);
  await pilot.children[0]!.exited;
  expect(pilot.alive()).toEqual([]);
});

test('loading while the old process still ends waits for it and starts a new one', async () => {
  await using pilot = createPilotEngine({ childModule: muteChild });
  await load(pilot);
  const unloading = pilot.engine.unload(PILOT);
  await load(pilot);
  await unloading;
  expect(pilot.children).toHaveLength(2);
  expect(pilot.alive()).toEqual([pilot.children[1]!.pid]);
});

test('a file with a defect is never given to a process; one that llama.cpp itself refuses says why, without its path', async () => {
  await using folder = await createTemporaryFolder();
  await writeFile(join(folder.path, 'cut.gguf'), buildGguf({ entries: modelEntries }).subarray(0, 40));
  await writeFile(join(folder.path, 'odd.gguf'), buildGguf({ entries: modelEntries }));
  await using pilot = createPilotEngine({ folders: [folder.path] });
  await expect(load(pilot, 'cut')).rejects.toMatchObject({ failure: 'bad_file' });
  expect(pilot.children).toEqual([]);
  const failure = await load(pilot, 'odd').catch((error: unknown) => error);
  expect(failure).toMatchObject({ failure: 'bad_file', message: expect.stringMatching(/^llama\.cpp could not load the file: \S/) });
  expect((failure as Error).message).not.toContain(folder.path);
  expect(pilot.alive()).toEqual([]);
});

test('files that come are told of within seconds, and then listed', async () => {
  await using folder = await createTemporaryFolder();
  const clock = createManualClock();
  await using pilot = createPilotEngine({ folders: [folder.path], clock });
  const changed = Promise.withResolvers<void>();
  pilot.engine.subscribe((event) => {
    if (event.type === 'models-changed') changed.resolve();
  });
  expect(await pilot.engine.list()).toHaveLength(1);
  while (clock.pending === 0) await clock.settle();
  await writeFile(join(folder.path, 'new.gguf'), buildGguf({ entries: modelEntries }));
  await clock.advance(3_000);
  await changed.promise;
  expect((await pilot.engine.list()).map(({ name }) => name)).toEqual([PILOT, 'new:latest']);
});
