import { EngineError, sleep } from '@pilotlight/contract';
import type { Clock, Engine, EngineEvent, EngineFailure, EnginePart, ModelDescription, StreamRequest } from '@pilotlight/contract';

import { createPatience } from './patience.ts';
import type { Exchange } from './patience.ts';

/** How one load goes. */
export interface LoadScript {
  /** `Infinity`: it never ends by itself. */
  readonly durationMs: number;
  /** How many signs of progress it gives on the way. */
  readonly steps?: number;
  readonly error?: Error;
}

/** How one answer goes. */
export interface AnswerScript {
  readonly firstMs: number;
  readonly gapMs: number;
  readonly tokens: number;
  /** Thrown after this many tokens. */
  readonly error?: { readonly after: number; readonly error: Error };
  /** Silent for ever after this many tokens. */
  readonly silentAfter?: number;
}

export interface ScriptedEngineOptions {
  readonly clock: Clock;
  readonly id?: string;
  readonly observation?: 'push' | 'poll';
  /** What it says about going on from a beginning. Default: never. */
  readonly continues?: Engine['continues'];
  /** Whether a model really does, and otherwise begins anew. Default: it does. */
  readonly goesOn?: (model: string) => boolean;
  readonly models?: readonly Partial<ModelDescription>[];
  readonly slots?: number;
  /** On the machine of the gateway, whose memory it takes. Default true. */
  readonly isLocal?: boolean;
  /** What a model takes in memory, from when its load begins. Default 2000. */
  readonly memoryOf?: (model: string) => number;
  /** So long after the engine's word that a model is unloaded, its memory is free. Default 0. */
  readonly freeingMs?: (model: string) => number;
  /** Called when a load has begun to take memory. */
  readonly onLoading?: (model: string) => void;
  /** A load that gives no sign of progress is to be given up after so long. Default 300,000. */
  readonly loadStallMs?: number;
  /** Nothing comes out of it: warm-ups and answers that begin now wait for ever. */
  readonly isStuck?: () => boolean;
  readonly load?: (model: string, number: number) => LoadScript;
  readonly answer?: (request: StreamRequest, number: number) => AnswerScript;
}

/** An engine in memory that does as it is told, and notes whatever its user does against the contract. */
export interface ScriptedEngine extends Engine {
  /** Loads that began. */
  readonly loads: readonly string[];
  /** Answers that began, warm-ups left out. */
  readonly answers: readonly StreamRequest[];
  readonly openStreams: number;
  readonly inMemory: ReadonlySet<string>;
  /** What all its models take now, those that are loading too, and those that are unloaded whose memory is not free yet. */
  readonly usedBytes: number;
  /** What of it belongs to models that are unloaded. */
  readonly freeingBytes: number;
  /** What of it the machine is sure to show: a load takes its memory bit by bit. */
  readonly settledBytes: number;
  /** What was done to it that nobody may do, what it was kept waiting with beyond its deadline too. */
  readonly violations: readonly string[];
  /** Models that were asked for an answer while they were not in memory, and those that were unloaded in the middle of one. */
  readonly misses: readonly string[];
  readonly cutShort: readonly string[];
  /** The server as a whole goes: everything under way breaks, memory is empty. */
  kill(): void;
  start(): void;
  /** From now on answers under way stop too when it is stuck. */
  freeze(): void;
  /** One runner goes. */
  killRunner(model: string): void;
  /** Somebody else loads or unloads a model. */
  loadByOthers(model: string, contextLength?: number): void;
  unloadByOthers(model: string): void;
  /** How often a request of ours asked for another context than there was, which loads the model again. */
  readonly reloads: number;
  setModels(models: readonly Partial<ModelDescription>[]): void;
  emit(event: EngineEvent): void;
}

interface Telling {
  readonly signal: AbortSignal;
  readonly model: string;
  readonly from: number;
  readonly exchange: Exchange;
}

const CONTEXT = 4096;
const MANY = 1_000_000_000;

function describeModel(model: Partial<ModelDescription>): ModelDescription {
  const name = model.name ?? 'mistral:latest';
  return { name, weightsKey: name, capabilities: ['completion'], sizeBytes: 1000, ...model };
}

export function createScriptedEngine(options: ScriptedEngineOptions): ScriptedEngine {
  const { clock, id = 'ollama', observation = 'poll', slots = 1, isLocal = true, memoryOf = () => 2000 } = options;
  let models = (options.models ?? [{}]).map(describeModel);
  const listeners = new Set<(event: EngineEvent) => void>();
  const inMemory = new Set<string>();
  /** By weights: what they were loaded with. */
  const contexts = new Map<string, number>();
  let reloads = 0;
  const loading = new Set<string>();
  let freeingBytes = 0;
  const loads: string[] = [];
  const answers: StreamRequest[] = [];
  const violations: string[] = [];
  const misses: string[] = [];
  const cutShort: string[] = [];
  const patience = createPatience({ clock, loadStallMs: options.loadStallMs ?? 300_000 });
  const open = new Map<object, { readonly model: string; readonly controller: AbortController; readonly isStream: boolean }>();
  let isThere = true;
  let hasFrozen = false;

  function keyOf(name: string): string {
    return models.find((model) => model.name === name)?.weightsKey ?? name;
  }
  function failIfAway(): void {
    if (!isThere) throw new EngineError('unreachable', 'connection refused');
  }
  function breakOff(of: (entry: { model: string; isStream: boolean }) => boolean, failure: EngineFailure): void {
    for (const entry of [...open.values()])
      if (of(entry)) entry.controller.abort(new EngineError(failure, `the ${entry.model} runner is gone`));
  }
  function pause(ms: number, signal: AbortSignal): Promise<void> {
    return sleep(clock, Math.min(ms, MANY), signal);
  }

  /** An engine's word comes before the memory itself. */
  function freeLater(key: string): void {
    const ms = options.freeingMs?.(key) ?? 0;
    if (ms === 0) return;
    const bytes = memoryOf(key);
    freeingBytes += bytes;
    clock.after(ms, () => void (freeingBytes -= bytes));
  }

  /** As Ollama does: a request with another context loads the model again. */
  function reloadFor(key: string, { contextLength = CONTEXT }: StreamRequest['profile']): void {
    if ((contexts.get(key) ?? CONTEXT) === contextLength) return;
    reloads += 1;
    contexts.set(key, contextLength);
  }
  /** A runner that dies takes all its answers with it. */
  function failWith(error: Error, model: string): Error {
    if (error instanceof EngineError && (error.failure === 'died' || error.failure === 'out_of_memory')) {
      inMemory.delete(keyOf(model));
      breakOff((entry) => entry.isStream && keyOf(entry.model) === keyOf(model), error.failure);
    }
    return error;
  }

  async function* stream(request: StreamRequest, signal: AbortSignal): AsyncGenerator<EnginePart> {
    failIfAway();
    const isWarmUp = request.options.max_tokens === 1;
    const entry = { model: request.model, controller: new AbortController(), isStream: true };
    if (!inMemory.has(keyOf(request.model))) {
      misses.push(request.model);
      throw new EngineError('died', 'it is not in memory');
    }
    reloadFor(keyOf(request.model), request.profile);
    open.set(entry, entry);
    const sameModel = [...open.values()].filter(({ isStream, model }) => isStream && keyOf(model) === keyOf(request.model));
    if (sameModel.length > slots) violations.push(`${sameModel.length} answers at once of ${request.model}, which has ${slots} slots`);
    const either = AbortSignal.any([signal, entry.controller.signal]);
    using exchange = patience.begin(isWarmUp ? 'one token' : 'answer', request.model);
    try {
      if (options.isStuck?.() === true) await pause(MANY, either);
      if (isWarmUp) {
        await pause(10, either);
        yield { type: 'text', text: 'h' };
        yield { type: 'finish', reason: 'length', usage: { completionTokens: 1 }, timings: {} };
        return;
      }
      answers.push(request);
      const script = options.answer?.(request, answers.length) ?? { firstMs: 100, gapMs: 50, tokens: 3 };
      const from = startOf(request);
      yield* tell(script, { signal: either, model: request.model, from, exchange });
      const usage = { promptTokens: 5, completionTokens: script.tokens - from };
      yield { type: 'finish', reason: 'stop', usage, timings: { completionMs: Math.max(1, script.gapMs * script.tokens) } };
    } finally {
      open.delete(entry);
    }
  }
  /** Answers under way give nothing more while the engine is frozen and stuck. */
  function isFrozen(): boolean {
    return hasFrozen && options.isStuck?.() === true;
  }
  /** Which token stands after the beginning that the request brings. */
  function startOf({ messages, model }: StreamRequest): number {
    const last = messages.at(-1);
    if (last?.prefix !== true || options.goesOn?.(model) === false) return 0;
    return last.content.split(' ').filter((word) => word !== '').length;
  }
  async function* tell(script: AnswerScript, { signal, model, from, exchange }: Telling): AsyncGenerator<EnginePart> {
    for (let index = from; index <= script.tokens; index += 1) {
      if (script.error?.after === index) throw failWith(script.error.error, model);
      if (script.silentAfter === index) await pause(MANY, signal);
      if (index === script.tokens) return;
      await pause(index === from ? script.firstMs : script.gapMs, signal);
      if (isFrozen()) await pause(MANY, signal);
      exchange.sign();
      // Without its last blank, what was cut off goes on with one.
      yield { type: 'text', text: from > 0 && index === from ? ` t${index} ` : `t${index} ` };
    }
  }

  return {
    id,
    kind: observation === 'push' ? 'llama.cpp' : 'ollama',
    reportsResidency: true,
    observation,
    ...(options.continues !== undefined && { continues: options.continues }),
    isLocal,
    loads,
    get settledBytes() {
      return [...inMemory].reduce((sum, key) => sum + memoryOf(key), freeingBytes);
    },
    get usedBytes() {
      return [...inMemory.union(loading)].reduce((sum, key) => sum + memoryOf(key), freeingBytes);
    },
    get freeingBytes() {
      return freeingBytes;
    },
    answers,
    inMemory,
    get violations() {
      return [...violations, ...patience.outlived()];
    },
    misses,
    cutShort,
    get openStreams() {
      return [...open.values()].filter(({ isStream }) => isStream).length;
    },
    check: () =>
      Promise.resolve(
        isThere
          ? { reachable: true, address: 'http://localhost:11434', version: '0.33.0', durationMs: 1 }
          : { reachable: false, address: 'http://localhost:11434', reason: 'connection refused', durationMs: 300 },
      ),
    async list() {
      failIfAway();
      return models;
    },
    async describe(name) {
      failIfAway();
      const found = models.find((model) => model.name === name);
      if (!found) throw new EngineError('absent', `there is no ${name}`);
      return found;
    },
    async resident() {
      failIfAway();
      return models
        .filter(({ weightsKey }) => inMemory.has(weightsKey))
        .map(({ name, weightsKey }) => ({ name, memoryBytes: memoryOf(weightsKey), contextLength: contexts.get(weightsKey) ?? CONTEXT }));
    },
    async load(model, { profile, signal, onProgress }) {
      failIfAway();
      const key = keyOf(model);
      if (inMemory.has(key)) reloadFor(key, profile);
      else contexts.set(key, profile.contextLength ?? CONTEXT);
      if (loading.has(key)) violations.push(`${model} is loaded twice at once`);
      if (inMemory.has(key)) return { slots, memoryBytes: memoryOf(key), contextLength: contexts.get(key) ?? CONTEXT };
      loads.push(model);
      const script = options.load?.(model, loads.length) ?? { durationMs: 1000 };
      const entry = { model, controller: new AbortController(), isStream: false };
      const either = AbortSignal.any([signal, entry.controller.signal]);
      open.set(entry, entry);
      using exchange = patience.begin('load', model);
      loading.add(key);
      options.onLoading?.(model);
      try {
        const steps = script.steps ?? 1;
        for (let step = 1; step <= steps; step += 1) {
          await pause(script.durationMs / steps, either);
          if (script.steps === undefined) continue;
          exchange.sign();
          onProgress({ fraction: step / steps });
        }
        if (script.error) throw script.error;
        inMemory.add(key);
        return { slots, memoryBytes: memoryOf(key), contextLength: contexts.get(key) ?? CONTEXT };
      } finally {
        loading.delete(key);
        open.delete(entry);
      }
    },
    async unload(model, signal) {
      failIfAway();
      if (loading.has(keyOf(model))) violations.push(`${model} is unloaded while it loads`);
      await pause(20, signal ?? new AbortController().signal);
      for (const entry of open.values()) if (entry.isStream && keyOf(entry.model) === keyOf(model)) cutShort.push(model);
      if (inMemory.delete(keyOf(model))) freeLater(keyOf(model));
      breakOff(({ model: other, isStream }) => isStream && keyOf(other) === keyOf(model), 'died');
    },
    stream,
    embed: (_model, texts) => Promise.resolve(texts.map(() => [1, 0])),
    countTokens: () => Promise.resolve(undefined),
    subscribe(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    kill() {
      isThere = false;
      inMemory.clear();
      breakOff(({ isStream }) => isStream, 'cut');
      breakOff(() => true, 'unreachable');
    },
    start() {
      isThere = true;
    },
    freeze() {
      hasFrozen = true;
    },
    killRunner(model) {
      inMemory.delete(keyOf(model));
      breakOff((entry) => keyOf(entry.model) === keyOf(model), 'died');
      if (observation === 'push')
        for (const hear of [...listeners]) hear({ type: 'model-lost', model, failure: 'died', reason: 'killed by signal 9' });
    },
    loadByOthers(model, contextLength = CONTEXT) {
      inMemory.add(keyOf(model));
      contexts.set(keyOf(model), contextLength);
    },
    get reloads() {
      return reloads;
    },
    unloadByOthers(model) {
      // As Ollama does it: not while an answer is written.
      const isInUse = [...open.values()].some((entry) => keyOf(entry.model) === keyOf(model));
      if (!isInUse) inMemory.delete(keyOf(model));
    },
    setModels(next) {
      models = next.map(describeModel);
    },
    emit(event) {
      for (const hear of [...listeners]) hear(event);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
