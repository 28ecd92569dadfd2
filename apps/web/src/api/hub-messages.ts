import type { StreamPart } from '@pilotlight/contract';

import type { StreamStatus } from './follow-stream.ts';

/** A part with its offset in the log of its generation. */
export interface OffsetPart {
  readonly offset: number;
  readonly part: StreamPart;
}

/** How the connection stands, as it can be sent between tabs. */
export type Connection =
  | Exclude<StreamStatus, { kind: 'refused' }>
  | { readonly kind: 'connecting' }
  | { readonly kind: 'refused'; readonly status: number };

/** What tabs tell each other. The leader speaks to all, everybody else to the leader. */
export type HubMessage =
  | { readonly kind: 'leader' }
  | { readonly kind: 'want-page' }
  | { readonly kind: 'want-parts'; readonly generation: string; readonly from: number }
  | { readonly kind: 'try-now' }
  | { readonly kind: 'page'; readonly events: readonly unknown[] }
  | { readonly kind: 'connection'; readonly connection: Connection }
  | { readonly kind: 'parts'; readonly generation: string; readonly parts: readonly OffsetPart[] }
  | { readonly kind: 'parts-gone'; readonly generation: string };

const KINDS: ReadonlySet<unknown> = new Set(['leader', 'want-page', 'want-parts', 'try-now', 'page', 'connection', 'parts', 'parts-gone']);

/** Whether something that came over the channel is ours (an older version of the page may be open beside this one). */
export function isHubMessage(message: unknown): message is HubMessage {
  return typeof message === 'object' && message !== null && 'kind' in message && KINDS.has(message.kind);
}
