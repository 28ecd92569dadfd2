import type { EngineFailure, LaunchProfile, Message, Thinking, Timings, Usage } from '@pilotlight/contract';

/** How a model is opened. Decided in the parent, obeyed by the child. */
export interface OpenSettings {
  readonly path: string;
  readonly purpose: 'completion' | 'embedding';
  readonly contextLength: number;
  readonly slots: number;
  readonly threads: number;
  /** How keys and values of the cache are kept; absent: as 16-bit numbers. */
  readonly cacheType?: LaunchProfile['cacheType'];
}

/** Every sampling option with its value: the defaults are filled in by the parent. */
export interface Sampling {
  readonly temperature: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
  readonly repeatPenalty: number;
  readonly presencePenalty: number;
  readonly frequencyPenalty: number;
  readonly seed: number;
  readonly stop: readonly string[];
  readonly maxTokens: number | undefined;
  /** A schema in the form that the grammar generator understands, made by `toGrammarSchema`. */
  readonly schema: unknown;
  /** Undefined: as the template does by itself. */
  readonly thinking: Thinking | undefined;
}

/** What the parent tells the child. A request carries an id that its answers repeat. */
export type ParentMessage =
  | { readonly type: 'open'; readonly settings: OpenSettings }
  | { readonly type: 'generate'; readonly id: number; readonly messages: readonly Message[]; readonly sampling: Sampling }
  | { readonly type: 'embed'; readonly id: number; readonly texts: readonly string[] }
  | { readonly type: 'count'; readonly id: number; readonly messages: readonly Message[] }
  | { readonly type: 'cancel'; readonly id: number };

export type Finish = {
  readonly type: 'finish';
  readonly id: number;
  readonly reason: 'stop' | 'length';
  readonly usage: Usage;
  readonly timings: Timings;
};

/**
 * What the child tells the parent, several at a time: one message of the channel is a list of these. `accepted` says that the template was rendered
 * and the prompt has a place; after it comes content. A request ends with exactly one of `finish`, `vectors`, `counted`, `refused`, `cancelled`.
 */
export type ChildMessage =
  | { readonly type: 'progress'; readonly fraction: number | undefined }
  | { readonly type: 'opened'; readonly contextLength: number; readonly memoryBytes: number; readonly slots: number }
  | { readonly type: 'not-opened'; readonly failure: EngineFailure; readonly reason: string }
  | { readonly type: 'accepted'; readonly id: number }
  | { readonly type: 'reading'; readonly id: number; readonly tokensDone: number; readonly tokensTotal: number }
  | { readonly type: 'text'; readonly id: number; readonly text: string }
  | { readonly type: 'reasoning'; readonly id: number; readonly text: string }
  | Finish
  | { readonly type: 'vectors'; readonly id: number; readonly vectors: readonly (readonly number[])[] }
  | { readonly type: 'counted'; readonly id: number; readonly tokens: number }
  | { readonly type: 'refused'; readonly id: number; readonly failure: EngineFailure; readonly reason: string }
  | { readonly type: 'cancelled'; readonly id: number };

const PARENT_TYPES: ReadonlySet<unknown> = new Set<ParentMessage['type']>(['open', 'generate', 'embed', 'count', 'cancel']);
const CHILD_TYPES: ReadonlySet<unknown> = new Set<ChildMessage['type']>([
  'progress',
  'opened',
  'not-opened',
  'accepted',
  'reading',
  'text',
  'reasoning',
  'finish',
  'vectors',
  'counted',
  'refused',
  'cancelled',
]);

/** Recognises what the parent sent; anything else is undefined. Both ends are of one release, so the type is enough. */
export function toParentMessage(value: unknown): ParentMessage | undefined {
  return hasType(value, PARENT_TYPES) ? (value as ParentMessage) : undefined;
}

/** Recognises what the child sent; what is not of the protocol is left out. */
export function toChildMessages(value: unknown): readonly ChildMessage[] {
  return Array.isArray(value) ? value.filter((item): item is ChildMessage => hasType(item, CHILD_TYPES)) : [];
}

function hasType(value: unknown, types: ReadonlySet<unknown>): boolean {
  return typeof value === 'object' && value !== null && 'type' in value && types.has(value.type);
}
