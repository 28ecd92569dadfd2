import { Problem } from '@pilotlight/contract';
import type { GatewayPart, GenerateRequest, LaunchProfile, Network } from '@pilotlight/contract';
import { createUndiciNetwork } from '@pilotlight/engine-http/network';
import { createOpenaiEngine } from '@pilotlight/engine-openai';
import { createGateway } from '@pilotlight/gateway';
import type { RunningGateway } from '@pilotlight/gateway';
import { createManualClock, createSeededRandomness } from '@pilotlight/test-kit';
import type { ManualClock } from '@pilotlight/test-kit';

import { startScriptedUpstream } from './scripted-upstream.ts';
import type { ScriptedUpstream } from './scripted-upstream.ts';

const STEP_MS = 500;
/** Turns of the event loop for what is on its way through sockets; every limit of the gateway is many steps long. */
const TURNS_A_STEP = 25;

export interface House extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly gateway: RunningGateway;
  /** The first model of the route, and the one that takes its place. */
  readonly primary: ScriptedUpstream;
  readonly fallback: ScriptedUpstream;
  /** Lets time pass until it is settled. */
  readonly pass: <T>(work: Promise<T>) => Promise<T>;
}

/** Counts the questions that are under way, so that no time passes while one is: only answers may be slow here. */
function counted(network: Network): { readonly network: Network; readonly asking: () => number } {
  let asking = 0;
  async function* follow(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* body;
    } finally {
      asking -= 1;
    }
  }
  return {
    asking: () => asking,
    network: {
      async request(request) {
        if (request.method !== 'GET') return network.request(request);
        asking += 1;
        try {
          const response = await network.request(request);
          return { ...response, body: follow(response.body) };
        } catch (error) {
          asking -= 1;
          throw error;
        }
      },
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Two servers with a model each, behind a gateway whose route tries one after the other. Both are ready. */
export async function setUpHouse({ profiles = {} }: { readonly profiles?: Readonly<Record<string, LaunchProfile>> } = {}): Promise<House> {
  await using stack = new AsyncDisposableStack();
  const clock = createManualClock();
  const primary = stack.use(await startScriptedUpstream('first:latest', clock));
  const fallback = stack.use(await startScriptedUpstream('second:latest', clock));
  const sockets = stack.use(createUndiciNetwork());
  const { network, asking } = counted(sockets);
  const gateway = stack.use(
    createGateway({
      engines: [primary, fallback].map(({ url }, index) =>
        createOpenaiEngine({ id: index === 0 ? 'first' : 'second', address: url, network, clock }),
      ),
      clock,
      randomness: createSeededRandomness(1),
      machine: { cores: 2, memory: () => Promise.resolve({ totalBytes: 16e9, freeBytes: 8e9 }) },
      settings: { defaultModel: 'first:latest', routes: { chat: { models: ['first:latest'], fallback: ['second:latest'] } }, profiles },
      log: () => {},
    }),
  );

  async function pass<T>(work: Promise<T>): Promise<T> {
    const progress = { isOver: false };
    const done = work.finally(() => {
      progress.isOver = true;
    });
    done.catch(() => {});
    while (!progress.isOver) {
      for (let turns = 0; (turns < TURNS_A_STEP || asking() > 0) && !progress.isOver; turns += 1) await turn();
      if (!progress.isOver) await clock.advance(STEP_MS);
    }
    return done;
  }

  await pass(gateway.started);
  for (const model of ['first:latest', 'second:latest']) await pass(gateway.ensureReady(model, new AbortController().signal));
  const owned = stack.move();
  return { clock, gateway, primary, fallback, pass, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

export interface Outcome {
  readonly text: string;
  readonly finish: Extract<GatewayPart, { type: 'finish' }> | undefined;
  readonly problem: Problem | undefined;
  readonly tookMs: number;
}

/** Asks, and reads the answer to its end while time passes. */
export async function askHouse({ gateway, clock, pass }: House, request: Partial<GenerateRequest> = {}): Promise<Outcome> {
  const startMs = clock.monotonic();
  const parts: GatewayPart[] = [];
  const whole: GenerateRequest = {
    task: 'chat',
    messages: [{ role: 'user', content: 'hello' }],
    options: {},
    priority: 'interactive',
    requestId: 'r1',
    label: 'an answer',
    ...request,
  };
  async function read(): Promise<Problem | undefined> {
    try {
      for await (const part of gateway.generate(whole, new AbortController().signal)) parts.push(part);
      return undefined;
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
  }
  const problem = await pass(read());
  return {
    text: parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    finish: parts.find((part) => part.type === 'finish'),
    problem,
    tookMs: clock.monotonic() - startMs,
  };
}
