import type { MemoryFacts } from './memory-facts.ts';
import type { Message, ToolCall } from './messages.ts';
import type { OptionNote, Options } from './options.ts';
import type { FinishReason } from './receipt.ts';

export type EngineKind = 'llama.cpp' | 'ollama' | 'openai';

/** What the model can do, in Ollama's words. */
export type Capability = 'completion' | 'tools' | 'embedding' | 'vision' | 'thinking' | 'insert';

/** The load options of a deployment. One per deployment; every caller gets the same, so that no request makes an engine load again. */
export interface LaunchProfile {
  /** Tokens per sequence; absent: the engine's own choice. */
  readonly contextLength?: number;
  /** Answers at once; absent: the engine's own choice. */
  readonly slots?: number;
  /** How the numbers of the key-value cache are kept; absent: the engine's own choice. */
  readonly cacheType?: 'f16' | 'q8_0' | 'q4_0';
}

/** A model as an engine lists it: it is on the engine's disk, which says nothing about memory. */
export interface ModelDescription {
  /** As Ollama names it, with tag: `mistral:latest`. Unique within the engine. */
  readonly name: string;
  /** What of it is loaded: models with the same key share weights and so one deployment's memory. A digest or a path. */
  readonly weightsKey: string;
  readonly sizeBytes?: number;
  readonly family?: string;
  readonly parameterSize?: string;
  readonly quantization?: string;
  /** The longest context that the model was trained for. */
  readonly trainedContextLength?: number;
  readonly capabilities: readonly Capability[];
  /** What its memory depends on; absent where the engine cannot tell. */
  readonly memoryFacts?: MemoryFacts;
  /** Set if the file is there but cannot be used: why. Such a model is `failed` and is never loaded. */
  readonly defect?: string;
}

/** A model that the engine says is in memory now. */
export interface ResidentModel {
  readonly name: string;
  readonly memoryBytes?: number;
  /** Of `memoryBytes`: what the engine says lies in graphics memory, which on some machines is the machine’s own. Absent: it cannot tell. */
  readonly gpuBytes?: number;
  readonly contextLength?: number;
  /** When the engine will let it go by itself if nobody uses it, in milliseconds since 1970-01-01 UTC by the engine's clock. */
  readonly expiresAtMs?: number;
}

export interface EngineStatus {
  readonly reachable: boolean;
  /** Where it was tried: an address, or "built in". */
  readonly address: string;
  readonly version?: string;
  /** In words, if not reachable: "connection refused". */
  readonly reason?: string;
  readonly durationMs: number;
}

export interface LoadProgress {
  /** 0 to 1, measured; absent where the engine cannot tell. A call without it still proves that the load is alive. */
  readonly fraction?: number;
}

export interface LoadOptions {
  readonly profile: LaunchProfile;
  /** Aborting gives the load up: the engine frees what it took. */
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
}

export interface LoadedModel {
  readonly contextLength?: number;
  readonly memoryBytes?: number;
  /** As in `ResidentModel`. */
  readonly gpuBytes?: number;
  /** How many answers it really writes at once. */
  readonly slots: number;
}

export interface StreamRequest {
  readonly model: string;
  /** A last message with `prefix` is the beginning of the answer: what is streamed follows on it, and does not repeat it (see `Engine.continues`). */
  readonly messages: readonly Message[];
  readonly options: Options;
  readonly profile: LaunchProfile;
}

export interface Usage {
  readonly promptTokens?: number;
  /** How many of the prompt's tokens did not have to be read again. */
  readonly cachedTokens?: number;
  readonly completionTokens?: number;
  /** How many of the answer's tokens the model thought and did not say. */
  readonly reasoningTokens?: number;
}

export interface Timings {
  readonly promptMs?: number;
  readonly completionMs?: number;
}

/** What an engine streams. */
export type EnginePart =
  | { readonly type: 'reading'; readonly tokensDone: number; readonly tokensTotal: number }
  | { readonly type: 'reasoning'; readonly text: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'tool_call'; readonly call: ToolCall }
  | {
      readonly type: 'finish';
      readonly reason: Exclude<FinishReason, 'stopped'>;
      readonly usage: Usage;
      readonly timings: Timings;
      /** Where the engine tells: what it took for options that nobody gave. */
      readonly chosen?: Options;
    };

/**
 * Why an engine failed.
 * `unreachable` no connection; `absent` it has no such model; `invalid` it refused the request as wrong (do not repeat); `unsupported` the model cannot do that;
 * `too_long` the prompt does not fit; `overloaded` it refuses for now; `out_of_memory`; `bad_file` the model's file; `died` its process ended;
 * `cut` the stream ended without the end marker; `protocol` what came could not be understood; `failed` it says so, with a reason of its own.
 */
export type EngineFailure =
  | 'unreachable'
  | 'absent'
  | 'invalid'
  | 'unsupported'
  | 'too_long'
  | 'overloaded'
  | 'out_of_memory'
  | 'bad_file'
  | 'died'
  | 'cut'
  | 'protocol'
  | 'failed';

interface PromptLengths {
  readonly promptTokens: number;
  readonly contextLength: number;
}

interface EngineErrorOptions extends ErrorOptions {
  readonly retryAfterSeconds?: number;
  readonly lengths?: PromptLengths | undefined;
  /** Of `invalid`: what of the request is wrong, such as `options.format`. */
  readonly field?: string;
}

/** The one error type that an engine throws, besides the reason of an aborted signal. The message is for people: no paths, no raw JSON. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly failure: EngineFailure;
  readonly retryAfterSeconds: number | undefined;
  /** Of `too_long`, where the engine named them: what the prompt has, and what the context holds. */
  readonly lengths: PromptLengths | undefined;
  readonly field: string | undefined;
  constructor(failure: EngineFailure, message: string, options: EngineErrorOptions = {}) {
    super(message, options);
    this.failure = failure;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.lengths = options.lengths;
    this.field = options.field;
  }
}

/** What an engine reports unasked. */
export type EngineEvent =
  /** A model left memory without being asked to: its process died. */
  | { readonly type: 'model-lost'; readonly model: string; readonly failure: EngineFailure; readonly reason: string }
  /** Files came or went; `list` has changed. */
  | { readonly type: 'models-changed' };

/** The port behind which every engine stands. The conformance suite (`@pilotlight/contract/testing`) holds each implementation to it. */
export interface Engine {
  /** Unique among the engines of this server: `llama.cpp`, `ollama`, `ollama@box.local:11434`. */
  readonly id: string;
  readonly kind: EngineKind;
  /** Whether `resident` tells the truth about memory. If not, a listed model is `unknown` until it has answered. */
  readonly reportsResidency: boolean;
  /**
   * How to learn of changes: an engine in this process pushes events; a server elsewhere must be asked (`check`, `list`, `resident`).
   */
  readonly observation: 'push' | 'poll';
  /** It runs on this machine, so its models take of this machine's memory. */
  readonly isLocal?: boolean;
  /**
   * Whether an answer goes on where a last message with `prefix` ends. `always`: with every model, exactly. `probe`: it depends on the model's template,
   * and must be tried before it is relied on. Absent: never; `stream` then throws `EngineError('unsupported')` for such a message.
   */
  readonly continues?: 'always' | 'probe';
  /** An answer that reaches the end of the window goes on, and the engine forgets the beginning of the prompt without a word. */
  readonly forgets?: true;

  /** Is it there? Answers within 2 s, never throws for an engine that is away, loads nothing. */
  check(signal?: AbortSignal): Promise<EngineStatus>;

  /** The models on its disk. Loads nothing. Throws `EngineError('unreachable')` if it cannot be asked. */
  list(signal?: AbortSignal): Promise<readonly ModelDescription[]>;

  /** All that can be known of one model without loading it. Throws `EngineError('absent')` if it has none of that name. */
  describe(model: string, signal?: AbortSignal): Promise<ModelDescription>;

  /** The models in memory now; must answer or throw within 2 s. A model that is still loading need not be in it. */
  resident(signal?: AbortSignal): Promise<readonly ResidentModel[]>;

  /**
   * Brings the model into memory and resolves when the engine says that it is there. Loading one that is there already resolves at once.
   * Never called twice at once for one model (the gateway sees to it). Aborting rejects with the signal's reason and leaves nothing behind.
   */
  load(model: string, options: LoadOptions): Promise<LoadedModel>;

  /** Frees the model's memory; resolves when it is gone, also if it was not there. Running answers of it end with `EngineError('died')`. */
  unload(model: string, signal?: AbortSignal): Promise<void>;

  /**
   * One answer. The first `next()` sends the request; an iterator that was never started has no cost.
   * Yields any number of parts, then exactly one `finish` as the last. An end without `finish` never happens: the engine throws
   * `EngineError('cut')` instead, whatever the transport said. What was yielded before a throw stays valid.
   * Aborting (or `return()`) ends it: the iterator rejects with the signal's reason, and the engine's slot is free within one token.
   * The model must be loaded; it is not loaded by this call on engines that can tell the difference, and throws `EngineError('absent' | 'died')`.
   */
  stream(request: StreamRequest, signal: AbortSignal): AsyncIterable<EnginePart>;

  /**
   * Which of these options it will not honour with this model, or not as they are meant, and why; empty: all will be. Asks nobody. Absent: the engine
   * honours every option. What `format` says is never among them: a format that cannot be held is refused by `stream` as `invalid` or `unsupported`.
   */
  optionsNotApplied?(model: string, options: Options): readonly OptionNote[];

  /**
   * Why it cannot hold an answer to this format, in a sentence; undefined: it can, or that shows with the answer. Asks nobody. Absent: it always shows with the answer.
   */
  whyNotFormat?(format: NonNullable<Options['format']>): string | undefined;

  /** One vector for each text, in order, each of unit length. Throws `EngineError('unsupported')` if the model cannot. The model must be loaded. */
  embed(model: string, texts: readonly string[], signal: AbortSignal): Promise<readonly (readonly number[])[]>;

  /** How many tokens the model would read for these messages, template included: exact, or undefined where the engine cannot count. */
  countTokens(model: string, messages: readonly Message[], signal?: AbortSignal): Promise<number | undefined>;

  /** Unasked news, until the handle is disposed. Listeners must not throw. */
  subscribe(listener: (event: EngineEvent) => void): Disposable;

  /** Frees everything it holds, ends every process it started. Idempotent. */
  [Symbol.asyncDispose](): Promise<void>;
}
