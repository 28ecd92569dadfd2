import type { Capability, LaunchProfile } from './engine.ts';
import type { Message } from './messages.ts';
import type { EngineView, MemoryView, ModelPlan, ModelsView, ModelView } from './models-wire.ts';
import type { Options } from './options.ts';
import type { Needs } from './preferences.ts';
import type { PhasePart, StreamPart } from './stream-parts.ts';

/** Who asks, which decides the order in the queue. Background work never loads a model. */
export type Priority = 'interactive' | 'api' | 'background';

/** Where an answer is about to be written: its model is in memory and has a slot for it. */
export interface PromptPlace {
  readonly model: string;
  readonly engine: string;
  /** Tokens that prompt and answer may have together; undefined: nobody can say. */
  readonly window: number | undefined;
  readonly capabilities: readonly Capability[];
  /** See `Engine.forgets`. */
  readonly forgets: boolean;
  /** The beginning of the answer, which is sent as the last message whatever is composed: it takes room too. */
  readonly beginning: Message | undefined;
  /** Set when the engine refused the prompt before as too long, with its figures where it named them. */
  readonly refused: PromptRefusal | undefined;
  /** How many tokens the model would read for these messages; undefined: the engine cannot count. */
  count(messages: readonly Message[]): Promise<number | undefined>;
  /** A text of the same model in the same slot, before the answer: parts like those of an answer, without a finish. Throws what ends it early. */
  write(messages: readonly Message[], options: Options): AsyncIterable<GatewayPart>;
}

export interface PromptRefusal {
  /** 1 for the first. */
  readonly times: number;
  readonly promptTokens?: number | undefined;
  readonly window?: number | undefined;
}

/** What is sent. `maxTokens`: the answer may have no more, whatever else is set. */
export interface Prompt {
  readonly messages: readonly Message[];
  readonly maxTokens?: number | undefined;
}

export interface GenerateRequest {
  /** The model to use, if the caller wants one; else the route of the task decides. */
  readonly model?: string;
  readonly task: string;
  /**
   * A last message with `prefix` is the beginning of the answer: what is yielded follows on it. Only deployments that are known, or found, to go on are
   * used; where there is none, `generate` throws `Problem('continue_not_supported')`.
   */
  readonly messages: readonly Message[];
  /**
   * Decides what of the messages is sent, once it is known where: called for each try, and again when the engine refuses what it gave as too long, three
   * times at most. A `Problem` that it throws ends the try before anything is sent. Absent: all are sent.
   */
  readonly compose?: ((place: PromptPlace, signal: AbortSignal) => AsyncGenerator<PhasePart, Prompt>) | undefined;
  /** What is stated by the request and its conversation. Below it are the defaults of the model that answers. */
  readonly options: Options;
  /** What a model must be able to do; those of a route that cannot are passed over. */
  readonly needs?: Needs | undefined;
  readonly priority: Priority;
  /** For logs and receipts. */
  readonly requestId: string;
  /** In words, for those who wait behind it: `an answer for "Refactor"`. */
  readonly label: string;
}

/** What a generation yields: phases on the way, then content, then one `finish`. */
export type GatewayPart = Exclude<StreamPart, { type: 'start' | 'error' | 'tool_result' }>;

export type GatewayEvent =
  | { readonly type: 'model'; readonly model: ModelView }
  | { readonly type: 'model_removed'; readonly name: string; readonly engine: string }
  | { readonly type: 'engine'; readonly engine: EngineView }
  | { readonly type: 'memory'; readonly memory: MemoryView };

/** Where a request would be written first. */
export interface AnswerPlace {
  readonly model: string;
  /** It would be written at once: the model is in memory, and a slot is free for it. */
  readonly isFree: boolean;
}

interface FormatWish {
  readonly task: string;
  readonly model?: string | undefined;
  readonly format: NonNullable<Options['format']>;
}

/** What chat and the routes may ask of the gateway. Everything that is read comes from what is known and takes no engine's time. */
export interface Gateway {
  /** The picture now, in memory, never waiting for an engine. */
  models(): ModelsView;
  /** One model by name (tag optional); of several engines that have it, the one that a request would go to. Undefined: none has it. */
  model(name: string): ModelView | undefined;
  /** Which model a request of this task would be sent to first; undefined: none can answer. */
  modelFor(task: string, model?: string): ModelView | undefined;
  /** The same for those who need no more than that: every request asks it, and a view takes many times as long. */
  placeFor(task: string, model?: string): AnswerPlace | undefined;

  /**
   * Why the engine that a request of this task would be sent to first cannot hold an answer to a format, in a sentence: known before anything is stored. Undefined: it
   * can, or that shows with the answer.
   */
  whyNotFormat(wish: FormatWish): string | undefined;

  /**
   * What a load of this model would do to memory now; does nothing, asks no engine. With a profile: what it would do if that were changed, also for a model
   * that is in memory, which would be loaded again. Throws `Problem('model_not_found')`.
   */
  plan(name: string, change?: LaunchProfile): ModelPlan;
  /** Starts a load if one is needed, and returns at once. Throws `Problem('model_not_found')`. */
  load(name: string): ModelView;
  /** How many tokens the model would read for these messages, if it is in memory and its engine can count; else undefined. Loads nothing, never throws. */
  countTokens(name: string, messages: readonly Message[], signal: AbortSignal): Promise<number | undefined>;
  /** Waits for the model to be ready; reports the way there. A caller that leaves does not end the load. Throws the load's `Problem`. */
  ensureReady(name: string, signal: AbortSignal, onPhase?: (part: PhasePart) => void): Promise<ModelView>;
  /** Drains and unloads, and returns at once. Throws `Problem('model_not_found')`. */
  unload(name: string): ModelView;

  /**
   * Keeps the model in memory, or lets it go again: one that is pinned is never unloaded to make room, and is loaded at the start if memory allows.
   * Loads nothing and unloads nothing now. Resolves when it is stored. Throws `Problem('model_not_found')` at once.
   */
  setPinned(name: string, isPinned: boolean): Promise<ModelView>;

  /**
   * One answer. Yields phase parts while it waits (on every change, and at least every 10 s), then what the engine streams, then one `finish`
   * with the receipt. Throws `Problem` if it fails (`facts.receipt` holds the receipt so far), or the signal's reason if aborted, which frees the engine.
   */
  generate(request: GenerateRequest, signal: AbortSignal): AsyncIterable<GatewayPart>;

  subscribe(listener: (event: GatewayEvent) => void): Disposable;

  /** Ends loads and answers, unloads what we own, frees everything. */
  [Symbol.asyncDispose](): Promise<void>;
}
