import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createTemporaryFolder, startFakeEngine } from '@pilotlight/test-kit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { startRealServer, type RealServer } from './real-server.ts';

const PROGRAM = join(import.meta.dirname, '..', 'apps', 'cli', 'bin', 'pilotlight.mjs');
const MODEL = 'slow:latest';
const stack = new AsyncDisposableStack();
let server: RealServer;

beforeAll(async () => {
  // Minutes for the answer that is stopped: nobody waits for its end.
  const engine = stack.use(await startFakeEngine({ models: [{ name: MODEL }], tokensPerSecond: 5 }));
  const folder = stack.use(await createTemporaryFolder());
  server = stack.use(await startRealServer(folder.path, { OLLAMA_HOST: engine.url, OLLAMA_MODEL: MODEL }));
});
afterAll(() => stack.disposeAsync());

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly notes: string;
}

/** One line of the command line, run as people run it, as a process of its own. */
function pilotlight(...line: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [PROGRAM, ...line, '--url', server.url], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let notes = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (notes += text));
    child.on('close', (code) => resolve({ code, out, notes }));
  });
}

async function json(...line: string[]): Promise<unknown> {
  const { code, out, notes } = await pilotlight(...line, '--json');
  expect(code, out + notes).toBe(0);
  return JSON.parse(out) as unknown;
}

async function theConversation(): Promise<string> {
  const { conversations } = (await json('history')) as { conversations: { id: string }[] };
  expect(conversations).toHaveLength(1);
  return conversations[0]?.id ?? '';
}

describe('the command line and a real server', () => {
  it('say what helps with a command', async () => {
    const { code, notes } = await pilotlight('load', 'nothing-like-it');
    expect(code).toBe(1);
    expect(notes).toContain('"pilotlight models" lists those there are.');
    expect(notes).not.toContain('/api/');
    expect((await pilotlight('histry')).notes).toContain('Did you mean "history"?');
  });

  it('begin loads that nobody waits for', async () => {
    expect(await json('warmup', MODEL)).toMatchObject({ models: [{ name: MODEL }] });
    expect((await pilotlight('warmup')).out).toMatch(new RegExp(`^${MODEL}: .+\\n$`));
    await expect.poll(async () => (await pilotlight('models')).out).toMatch(new RegExp(`${MODEL}.* ready`));
  });

  it('stop an answer from another terminal, and keep what was written', async () => {
    const talk = pilotlight('chat', 'Count to 2000');
    await expect.poll(async () => (await pilotlight('history')).out).toContain('(an answer is being written)');
    const id = await theConversation();
    expect(await json('stop', '--all')).toMatchObject({ stopped: [{ conversation_id: id }] });
    expect((await talk).code).toBe(130);
    expect(await pilotlight('stop', id)).toMatchObject({ code: 1, notes: 'No answer is being written there.\n' });
  });

  it('rename a conversation, delete it and bring it back', async () => {
    const id = await theConversation();
    expect((await pilotlight('history', 'rename', id, 'Up', 'to', '2000')).out).toBe('It is called “Up to 2000” now.\n');
    expect(await json('history', 'delete', id)).toMatchObject({ id });
    expect(await json('history')).toEqual({ conversations: [] });
    expect((await pilotlight('stop', id)).notes).toContain('There is no such conversation');
    expect((await pilotlight('history', 'undo', id)).out).toContain('“Up to 2000” is there again.');
  });

  it('keep presets', async () => {
    const added = await json('presets', 'add', 'Very', 'terse', '--system', 'Be brief.', '--set', 'temperature=0 seed=7', '-m', MODEL);
    expect(added).toMatchObject({ name: 'Very terse', model: MODEL, options: { temperature: 0, seed: 7 } });
    const changed = await json('presets', 'change', 'Very terse', '--name', 'Terse', '--model', '', '--set', 'seed=', '--context', 'stop');
    expect(changed).toEqual(expect.not.objectContaining({ model: MODEL }));
    expect(changed).toMatchObject({ name: 'Terse', system: 'Be brief.', options: { temperature: 0 }, context_policy: 'stop' });
    expect(changed).not.toHaveProperty('options.seed');
    expect((await pilotlight('presets', 'add', 'x', '--context', 'forget')).notes).toContain('context_policy');
    expect((await pilotlight('presets', 'delete', 'Terse')).out).toBe('The preset “Terse” is deleted.\n');
    expect(await json('presets')).toEqual({ presets: [] });
  });
});
