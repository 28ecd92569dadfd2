import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

import type { ChildProcess, ForkOptions } from '@pilotlight/contract';
import { isProcessAlive } from '@pilotlight/test-kit';
import { expect, test } from 'vitest';

import { createNodeProcesses } from './node-processes.ts';

const module = new URL('testing/echo-child.ts', import.meta.url).href;
const start = (options: Partial<ForkOptions> = {}): ChildProcess => createNodeProcesses().fork({ module, ...options });

function ask(child: ChildProcess, message: unknown): Promise<unknown> {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const subscription = child.onMessage((answer) => {
    subscription[Symbol.dispose]();
    resolve(answer);
  });
  child.send(message);
  return promise;
}

/** Polls, as no event tells of the end of a process that is not a child. */
async function untilGone(pid: number): Promise<void> {
  while (isProcessAlive(pid)) await wait(20);
}

test('messages go both ways, and the channel says when it is closed', async () => {
  const child = start();
  expect(await ask(child, { text: 'ä\u0000"' })).toEqual({ echo: { text: 'ä\u0000"' } });
  await child.end(5_000);
  expect(child.send('too late')).toBe(false);
  expect(await child.exited).toMatchObject({ code: null, signal: 'SIGTERM' });
});

test('a child inherits what it needs and no secret', async () => {
  process.env['A_SECRET_TOKEN'] = 'secret';
  const child = start({ env: { GIVEN: 'yes' } });
  const names = await ask(child, 'environment');
  delete process.env['A_SECRET_TOKEN'];
  await child.end(5_000);
  expect(names).toContain('GIVEN');
  expect(names).toContain('PATH');
  expect(names).not.toContain('A_SECRET_TOKEN');
});

test('the exit has the code and the last lines of stderr', async () => {
  const child = start({ keptErrorLines: 3 });
  child.send('crash');
  expect(await child.exited).toEqual({ code: 3, signal: null, errorLines: ['line 29', 'line 30', 'the last words'] });
  await child.end(5_000);
});

test('one that ignores SIGTERM is killed after the grace period', async () => {
  const child = start();
  await ask(child, 'ignore SIGTERM');
  await child.end(50);
  expect(await child.exited).toMatchObject({ signal: 'SIGKILL' });
  expect(isProcessAlive(child.pid)).toBe(false);
});

test('what the child started goes with it', async () => {
  const child = start();
  const helper = Number(await ask(child, 'start a helper'));
  expect(isProcessAlive(helper)).toBe(true);
  await child.end(5_000);
  await untilGone(helper);
});

test('a module that does not exist is an exit with words', async () => {
  const child = start({ module: new URL('testing/no-such-file.ts', import.meta.url).href });
  const { code, errorLines } = await child.exited;
  expect(code).not.toBe(0);
  expect(errorLines.join('\n')).toMatch(/no-such-file/);
});

test.runIf(process.platform === 'linux')('when memory runs out, Linux takes the child before the server', async () => {
  const child = start();
  await ask(child, 'anything');
  const score = Number(await readFile(`/proc/${child.pid}/oom_score_adj`, 'utf8'));
  await child.end(5_000);
  expect(score).toBeGreaterThan(0);
});

test('a model’s process ends when its server is killed in the middle of an answer', async () => {
  const server = fork(new URL('testing/lone-parent.ts', import.meta.url), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] });
  const [pid] = (await once(server, 'message')) as [number];
  expect(isProcessAlive(pid)).toBe(true);
  server.kill('SIGKILL');
  await untilGone(pid);
});
