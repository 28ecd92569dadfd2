import type { GatewayPart, GenerateRequest, GpuReading, ModelStore, ModelView, Problem } from '@pilotlight/contract';
import { createManualClock, createSeededRandomness } from '@pilotlight/test-kit';
import type { ManualClock } from '@pilotlight/test-kit';

import { createGateway } from '../create-gateway.ts';
import type { LogEvent } from '../log.ts';
import type { RunningGateway } from '../options.ts';
import type { GatewaySettings } from '../settings.ts';
import { createScriptedEngine } from './scripted-engine.ts';
import type { ScriptedEngine, ScriptedEngineOptions } from './scripted-engine.ts';

/** A gateway over scripted engines on a clock that stands still. */
export interface Bench extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly gateway: RunningGateway;
  readonly engines: readonly ScriptedEngine[];
  /** The first engine. */
  readonly engine: ScriptedEngine;
  readonly log: readonly LogEvent[];
  view(name: string): ModelView;
  /** Asks, and reads the answer to its end. */
  ask(request?: Partial<GenerateRequest>, signal?: AbortSignal): Answer;
}

/** An answer as it comes. */
export interface Answer {
  readonly parts: readonly GatewayPart[];
  /** When each part came, on the bench's clock. */
  readonly times: readonly number[];
  /** Resolves with the end: `undefined` if all went well, else what was thrown. */
  readonly ended: Promise<unknown>;
  readonly text: () => string;
  readonly phases: () => readonly string[];
}

export interface BenchOptions {
  readonly engines?: readonly Omit<ScriptedEngineOptions, 'clock'>[];
  readonly settings?: Partial<GatewaySettings>;
  readonly seed?: number;
  readonly store?: ModelStore;
  /** The machine's memory, of which the engines take; without it there is more than enough. */
  readonly machineBytes?: number;
  /** What the machine's figure shows as used, in place of what the engines take. */
  readonly machineShows?: () => number;
  /** What its graphics cards show, at each look; without it nobody looks. */
  readonly gpus?: () => GpuReading;
  /** Whether the machine's figure shows loads under way, at each look. Default: it does. */
  readonly showsLoads?: () => boolean;
}

export async function setUpBench({
  engines: wanted = [{}],
  settings = {},
  seed = 1,
  store,
  machineBytes,
  showsLoads = () => true,
  machineShows,
  gpus,
}: BenchOptions = {}): Promise<Bench> {
  const clock = createManualClock();
  const engines = wanted.map((options) => createScriptedEngine({ clock, ...options }));
  const log: LogEvent[] = [];
  function memory(): { readonly totalBytes: number; readonly freeBytes: number } {
    if (machineBytes === undefined) return { totalBytes: 16_000, freeBytes: 8_000 };
    const shown = showsLoads() ? 'usedBytes' : 'settledBytes';
    const used = engines.reduce((sum, engine) => (engine.isLocal ? sum + engine[shown] : sum), 0);
    return { totalBytes: machineBytes, freeBytes: machineBytes - (machineShows?.() ?? used) };
  }
  const gateway = createGateway({
    engines,
    clock,
    randomness: createSeededRandomness(seed),
    machine: { cores: 2, memory: async () => memory(), ...(gpus && { gpus: async () => gpus() }) },
    settings: { defaultModel: 'mistral:latest', ...settings },
    log: (event) => void log.push(event),
    ...(store && { store }),
  });
  await clock.advanceUntil(gateway.started);
  await clock.settle();
  const [engine] = engines;
  if (!engine) throw new Error('a bench needs an engine');
  return {
    clock,
    gateway,
    engines,
    engine,
    log,
    view(name) {
      const view = gateway.model(name);
      if (!view) throw new Error(`no ${name}`);
      return view;
    },
    ask: (request = {}, signal = new AbortController().signal) => read(gateway, clock, { request, signal }),
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      await clock.settle();
    },
  };
}

interface Question {
  readonly request: Partial<GenerateRequest>;
  readonly signal: AbortSignal;
}

function read(gateway: RunningGateway, clock: ManualClock, { request, signal }: Question): Answer {
  const parts: GatewayPart[] = [];
  const times: number[] = [];
  const whole: GenerateRequest = {
    task: 'chat',
    messages: [{ role: 'user', content: 'hello' }],
    options: {},
    priority: 'interactive',
    requestId: 'r1',
    label: 'an answer for “Test”',
    ...request,
  };
  async function readAll(): Promise<unknown> {
    try {
      for await (const part of gateway.generate(whole, signal)) {
        parts.push(part);
        times.push(clock.monotonic());
      }
      return undefined;
    } catch (error) {
      return error;
    }
  }
  const ended = readAll();
  return {
    parts,
    times,
    ended,
    text: () => parts.map((part) => (part.type === 'text' ? part.text : '')).join(''),
    phases: () => parts.flatMap((part) => (part.type === 'phase' ? [part.phase] : [])),
  };
}

/** The code of a problem, or what else it is. */
export function codeOf(error: unknown): string {
  return error instanceof Error && error.name === 'Problem' ? (error as Problem).code : String(error);
}
