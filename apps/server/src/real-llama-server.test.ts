import { fileURLToPath } from 'node:url';

import { createUndiciNetwork } from '@pilotlight/engine-http/network';
import { createOpenaiEngine } from '@pilotlight/engine-openai';
import { createGateway } from '@pilotlight/gateway';
import type { RunningGateway } from '@pilotlight/gateway';
import { createSeededRandomness, startLlamaServer, systemClock } from '@pilotlight/test-kit';
import type { LlamaServer } from '@pilotlight/test-kit';
import { describe, expect, test } from 'vitest';

import { tell } from './testing/fake-house.ts';
import type { Telling } from './testing/fake-house.ts';

/** The gateway in front of a real llama-server with the model that ships. `LLAMA_SERVER` is the path of the program. */

const BINARY = process.env['LLAMA_SERVER'];
const modelPath = fileURLToPath(new URL('../../../models/pilot/pilot.gguf', import.meta.url));
const QUESTION = [{ role: 'user', content: 'Tell me a story' }] as const;
const OPTIONS = { temperature: 0, seed: 1 };
const PATIENT = { timeout: 120_000 };
const never = new AbortController().signal;

interface House extends AsyncDisposable {
  readonly gateway: RunningGateway;
  readonly servers: readonly LlamaServer[];
  /** The name by which all of them have the model. */
  readonly model: string;
  ask(messages?: Parameters<typeof tell>[1]['messages'], signal?: AbortSignal): Telling;
}

const start = (port?: number): Promise<LlamaServer> =>
  startLlamaServer({ binary: BINARY ?? '', modelPath, ...(port !== undefined && { port }) });

async function setUp(count: number): Promise<House> {
  await using stack = new AsyncDisposableStack();
  const servers: LlamaServer[] = [];
  for (let index = 0; index < count; index += 1) servers.push(stack.use(await start()));
  const network = stack.use(createUndiciNetwork());
  const gateway = stack.use(
    createGateway({
      engines: servers.map(({ url }, index) =>
        createOpenaiEngine({ id: 'ab'.charAt(index), address: `${url}/v1`, network, clock: systemClock }),
      ),
      clock: systemClock,
      randomness: createSeededRandomness(1),
      machine: { cores: 2, memory: () => Promise.resolve({ totalBytes: 16e9, freeBytes: 12e9 }) },
      settings: { defaultModel: 'pilot' },
      log: () => {},
    }),
  );
  await gateway.started;
  const model = gateway.models().models[0]?.name ?? '';
  const owned = stack.move();
  return {
    gateway,
    servers,
    model,
    ask: (messages = QUESTION, signal = never) => tell(gateway, { model, messages, options: OPTIONS }, signal),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function receiptOf({ parts }: Telling) {
  const last = parts.at(-1);
  return last?.type === 'finish' ? last.receipt : undefined;
}

async function wholeOf(house: House): Promise<string> {
  const answer = house.ask();
  expect(await answer.ended).toBeUndefined();
  return answer.text();
}

/** Asks, and kills the server when the first words have come. */
async function askAndKill(
  house: House,
  server: LlamaServer | undefined,
): Promise<{ readonly answer: Telling; readonly killed: Promise<void> }> {
  const answer = house.ask();
  while (answer.text() === '') await new Promise((resolve) => setImmediate(resolve));
  return { answer, killed: server?.kill() ?? Promise.resolve() };
}

describe.skipIf(BINARY === undefined)('with LLAMA_SERVER set: a real llama-server', () => {
  test('is found by trial to go on from a beginning, and does', PATIENT, async () => {
    await using house = await setUp(1);
    const whole = await wholeOf(house);
    const content = whole.slice(0, whole.indexOf(' ', 20));
    const answer = house.ask([...QUESTION, { role: 'assistant', content, prefix: true }]);
    expect(await answer.ended).toBeUndefined();
    expect(content + answer.text()).toBe(whole);
    expect(house.gateway.model(house.model)?.continues).toBe('yes');
  });

  test('that is killed with -9 in the middle of an answer: another one goes on, with a seam in the receipt', PATIENT, async () => {
    await using house = await setUp(2);
    await using stack = new AsyncDisposableStack();
    const whole = await wholeOf(house);
    let [first] = house.servers;
    for (;;) {
      const { answer, killed } = await askAndKill(house, first);
      expect(await answer.ended).toBeUndefined();
      expect(answer.text()).toBe(whole);
      await killed;
      const receipt = receiptOf(answer);
      if (receipt?.attempts.length !== 1) {
        expect(receipt).toMatchObject({
          engine: 'b',
          attempts: [
            { engine: 'a', outcome: 'failed' },
            { engine: 'b', outcome: 'finished', continued: true },
          ],
          seams: [{ from: house.model, to: house.model }],
        });
        return;
      }
      // It had written everything before it was dead.
      first = stack.use(await start(first?.port));
      await expect.poll(() => house.gateway.models().engines.every(({ reachable }) => reachable), PATIENT).toBe(true);
    }
  });

  test('that is killed with -9 and started again: never silent, and the next answer is whole', PATIENT, async () => {
    await using house = await setUp(1);
    const whole = await wholeOf(house);
    const [server] = house.servers;
    const { answer, killed } = await askAndKill(house, server);
    await killed;
    await using again = await start(server?.port);
    const problem = await answer.ended;
    expect(whole.startsWith(answer.text())).toBe(true);
    if (problem === undefined) {
      const receipt = receiptOf(answer);
      expect(answer.text()).toBe(whole);
      expect(receipt?.seams).toHaveLength((receipt?.attempts.length ?? 0) > 1 ? 1 : 0);
    } else expect(problem).toMatchObject({ code: expect.stringMatching(/^(?:answer_cut|engine_unreachable)$/), source: 'upstream' });
    await expect.poll(async () => (await house.ask().ended)?.code, PATIENT).toBeUndefined();
    expect(await wholeOf(house)).toBe(whole);
    expect(again.port).toBe(server?.port);
  });
});
