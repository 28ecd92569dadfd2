import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { openStorage } from '@pilotlight/storage';
import { createManualClock, createTemporaryFolder, withSeed } from '@pilotlight/test-kit';
import type { SeededRandomness } from '@pilotlight/test-kit';
import { expect, it } from 'vitest';

import { openChatUnderTest, readAll, textOf } from './testing/chat-under-test.ts';
import type { CrashReport } from './testing/crash-writer.ts';

const WRITER = fileURLToPath(new URL('testing/crash-writer.ts', import.meta.url));
const CYCLES = Number(process.env['PILOTLIGHT_CRASH_CYCLES'] ?? 6);

/** Lets the writer work until it has said a random number of things, then kills it in the middle. Returns what it had said. */
async function crash(file: string, run: string, randomness: SeededRandomness): Promise<CrashReport[]> {
  const reports: CrashReport[] = [];
  const limit = randomness.between(1, 600);
  const child = fork(WRITER, [file, run], {
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  child.on('message', (message: CrashReport) => {
    reports.push(message);
    if (reports.length === limit) child.kill('SIGKILL');
  });
  expect(await ended).toEqual([null, 'SIGKILL']);
  return reports;
}

it(`a process that is killed ${CYCLES} times loses nothing that it acknowledged, and nothing that it showed`, async () => {
  await withSeed(async (randomness) => {
    await using folder = await createTemporaryFolder();
    const file = join(folder.path, 'chat.db');
    const reports: CrashReport[] = [];
    for (let cycle = 0; cycle < CYCLES; cycle += 1) reports.push(...(await crash(file, `run${cycle}`, randomness)));

    const clock = createManualClock();
    await using storage = await openStorage({ location: { file }, clock });
    await using under = await openChatUnderTest({ storage, clock });
    const { chat } = under;
    const running = await storage.chats.running();
    expect(await chat.recover()).toBe(running.length);
    expect(under.answers).toEqual([]);

    const acknowledged = reports.filter((report) => report.type === 'acknowledged');
    expect(acknowledged.length).toBeGreaterThan(0);
    for (const { conversationId, messageId, text } of acknowledged) {
      const { messages } = await chat.conversation(conversationId);
      expect(messages.find(({ id }) => id === messageId)?.content).toBe(text);
      const answers = messages.filter(({ parent_id: parentId }) => parentId === messageId);
      expect(answers).toHaveLength(1);
      expect(['complete', 'interrupted']).toContain(answers[0]?.state);
      expect(answers[0]?.content).toBe(textOf(await readAll(chat, answers[0]?.generation_id ?? '')));
    }
    const shown = Map.groupBy(
      reports.filter((report) => report.type === 'shown'),
      ({ generationId }) => generationId,
    );
    expect(shown.size).toBeGreaterThan(0);
    for (const [id, reported] of shown) {
      const parts = reported.map(({ offset, part }) => ({ offset, part }));
      const stored = (await readAll(chat, id)).map(({ offset, part }) => ({ offset, part: JSON.stringify(part) }));
      expect(stored.slice(0, parts.length)).toEqual(parts);
      expect(stored.filter(({ part }) => /^\{"type":"(finish|error)"/.test(part))).toHaveLength(1);
    }
  });
}, 120_000);
