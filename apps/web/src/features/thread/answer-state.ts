import type { ErrorPart, FinishPart, PhasePart } from '@pilotlight/contract';

import type { OffsetPart } from '../../api/hub-messages.ts';

/** What one model wrote of an answer; after the first, with the seam where it took over. */
export interface Segment {
  readonly model: string;
  readonly text: string;
  readonly seam?: { readonly from: string; readonly to: string; readonly reason: string };
}

/** An answer as its log tells it, as far as it was read. */
export interface AnswerState {
  /** The offset of the next part. */
  readonly next: number;
  readonly model: string | undefined;
  /** What it is doing now, when that was heard, and how long it was expected to take in all when the phase began. */
  readonly phase: (PhasePart & { readonly heardAt: number; readonly usualMs?: number }) | undefined;
  readonly segments: readonly Segment[];
  readonly reasoning: string;
  /** When the first and the last piece of reasoning came. */
  readonly reasoningFrom?: number;
  readonly reasoningTo?: number;
  /** When text was first heard, and how much there was then: what came later came at the speed of the model. */
  readonly textFrom?: { readonly at: number; readonly length: number };
  /** When the last piece of text or reasoning came. */
  readonly heardTextAt: number | undefined;
  readonly end: FinishPart | ErrorPart | undefined;
}

export const EMPTY_ANSWER: AnswerState = {
  next: 0,
  model: undefined,
  phase: undefined,
  segments: [],
  reasoning: '',
  heardTextAt: undefined,
  end: undefined,
};

/** The answer after these parts, each taken once whatever comes twice. A part whose predecessors are missing waits to be sent again. */
export function applyParts(state: AnswerState, parts: readonly OffsetPart[], now: number): AnswerState {
  return parts.reduce(
    (current, { offset, part }) => (offset === current.next ? { ...applyPart(current, part, now), next: offset + 1 } : current),
    state,
  );
}

function applyPart(state: AnswerState, part: OffsetPart['part'], now: number): AnswerState {
  switch (part.type) {
    case 'start':
      return { ...state, model: part.model };
    case 'phase':
      return { ...state, model: part.model, phase: toPhase(state.phase, part, now) };
    case 'text':
      return withText(state, part.text, now);
    case 'reasoning':
      return {
        ...state,
        reasoning: state.reasoning + part.text,
        reasoningFrom: state.reasoningFrom ?? now,
        reasoningTo: now,
        heardTextAt: now,
      };
    case 'seam':
      return {
        ...state,
        model: part.to,
        segments: [...state.segments, { model: part.to, text: '', seam: { from: part.from, to: part.to, reason: part.reason } }],
      };
    case 'finish':
    case 'error':
      return { ...state, model: part.receipt?.model ?? state.model, phase: undefined, end: part };
    case 'tool_call':
    case 'tool_result':
      return state;
    default:
      return state; // A type of a later version is left out, as the wire asks.
  }
}

/** All that comes at once when a log is read again counts as there from the beginning. */
function withText(state: AnswerState, text: string, now: number): AnswerState {
  const next = { ...state, segments: appendText(state, text), heardTextAt: now };
  const { textFrom } = state;
  return textFrom === undefined || textFrom.at === now ? { ...next, textFrom: { at: now, length: answerText(next).length } } : next;
}

function appendText(state: AnswerState, text: string): readonly Segment[] {
  const last = state.segments.at(-1);
  if (last === undefined) return [{ model: state.model ?? '', text }];
  return [...state.segments.slice(0, -1), { ...last, text: last.text + text }];
}

/**
 * The first estimate of a phase is the one that later ones are held against. A phase is told when it begins, so an estimate that comes with the first
 * part is of the whole; the clock does not say so, because a log that is read again comes all at once.
 */
function toPhase(before: AnswerState['phase'], part: PhasePart, now: number): AnswerState['phase'] {
  const isSame = before !== undefined && before.phase === part.phase && before.model === part.model && before.since === part.since;
  const elapsedMs = isSame ? Math.max(0, now - Date.parse(part.since)) : 0;
  const usualMs = (isSame ? before.usualMs : undefined) ?? (part.eta === undefined ? undefined : elapsedMs + part.eta.seconds * 1000);
  return { ...part, heardAt: now, ...(usualMs === undefined ? {} : { usualMs }) };
}

/** All text of an answer, seams left out. */
export function answerText(state: AnswerState): string {
  return state.segments.map(({ text }) => text).join('');
}
