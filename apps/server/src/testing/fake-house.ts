import { Problem } from '@pilotlight/contract';
import type { GatewayPart, GenerateRequest, ModelView } from '@pilotlight/contract';
import { createUndiciNetwork } from '@pilotlight/engine-http/network';
import { createOllamaEngine } from '@pilotlight/engine-ollama';
import { createGateway } from '@pilotlight/gateway';
import type { Log, RunningGateway } from '@pilotlight/gateway';
import { createSeededRandomness, startFakeEngine, startFakeEngineHere, systemClock } from '@pilotlight/test-kit';
import type { FakeEngine, FakeEngineConfig } from '@pilotlight/test-kit';

/** A real gateway in front of fake Ollamas, each of them a program of its own or in this process, on real sockets and the real clock. */
export interface FakeHouse extends AsyncDisposable {
  readonly gateway: RunningGateway;
  /** In the order of preference, `a` first. */
  readonly fakes: readonly FakeEngine[];
  readonly log: readonly Parameters<Log>[0][];
  /** Of an engine, by its id. */
  view(engine: string): ModelView | undefined;
  ask(request?: Partial<GenerateRequest>, signal?: AbortSignal): Telling;
}

/** An answer as it comes. */
export interface Telling {
  readonly parts: readonly GatewayPart[];
  readonly text: () => string;
  /** Undefined: the answer is whole. */
  readonly ended: Promise<Problem | undefined>;
}

export interface FakeHouseOptions {
  readonly engines: readonly Partial<FakeEngineConfig>[];
  /** As programs of their own, which can be killed. */
  readonly asPrograms?: boolean;
  readonly settings?: Partial<Parameters<typeof createGateway>[0]['settings']>;
}

export const MODEL = 'mistral:latest';

export async function setUpFakeHouse({ engines, asPrograms = false, settings = {} }: FakeHouseOptions): Promise<FakeHouse> {
  await using stack = new AsyncDisposableStack();
  const models = [{ name: MODEL, weights: 'mistral' }];
  const fakes: FakeEngine[] = [];
  for (const config of engines) fakes.push(stack.use(await (asPrograms ? startFakeEngine : startFakeEngineHere)({ models, ...config })));
  const network = stack.use(createUndiciNetwork());
  const log: Parameters<Log>[0][] = [];
  const gateway = stack.use(
    createGateway({
      engines: fakes.map(({ url }, index) =>
        createOllamaEngine({ id: 'abcdef'.charAt(index), address: url, network, clock: systemClock, keepAlive: '5m' }),
      ),
      clock: systemClock,
      randomness: createSeededRandomness(1),
      machine: { cores: 2, memory: () => Promise.resolve({ totalBytes: 16e9, freeBytes: 12e9 }) },
      settings: { defaultModel: MODEL, ...settings },
      log: (event) => void log.push(event),
    }),
  );
  await gateway.started;
  const owned = stack.move();
  return {
    gateway,
    fakes,
    log,
    view: (engine) => gateway.models().models.find((view) => view.engine === engine),
    ask: (request = {}, signal = new AbortController().signal) => tell(gateway, request, signal),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Asks, and reads the answer as it comes. */
export function tell(gateway: RunningGateway, request: Partial<GenerateRequest>, signal: AbortSignal): Telling {
  const parts: GatewayPart[] = [];
  const whole: GenerateRequest = {
    model: MODEL,
    task: 'chat',
    messages: [{ role: 'user', content: 'count to 60' }],
    options: {},
    priority: 'interactive',
    requestId: 'r1',
    label: 'an answer',
    ...request,
  };
  async function read(): Promise<Problem | undefined> {
    try {
      for await (const part of gateway.generate(whole, signal)) parts.push(part);
      return undefined;
    } catch (error) {
      if (error instanceof Problem) return error;
      throw error;
    }
  }
  return { parts, ended: read(), text: () => parts.map((part) => (part.type === 'text' ? part.text : '')).join('') };
}
