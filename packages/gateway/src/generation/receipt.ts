import { Problem, toTimestamp, toWireProfile } from '@pilotlight/contract';
import type { Attempt, Clock, GenerateRequest, LaunchProfile, Receipt } from '@pilotlight/contract';

import { toTokensPerSecond } from '../deployments/record.ts';
import { toOptionFields } from './apply-options.ts';
import type { AppliedOptions } from './apply-options.ts';
import type { EngineFinish } from './stream-answer.ts';

/** What really happened to one answer, written as it happens. */
export interface ReceiptDraft {
  /** Where the answer, or its last try, is from. */
  place: { readonly model: string; readonly engine: string };
  queueMs: number;
  loadMs: number;
  firstTokenMs: number | undefined;
  /** How long it thought before the first word of the answer. */
  reasoningMs: number | undefined;
  /** Of the last try. */
  applied: AppliedOptions | undefined;
  contextLength: number | undefined;
  /** With which the model was in memory. */
  profile: LaunchProfile | undefined;
  fallbackReason: string | undefined;
  readonly attempts: Attempt[];
  readonly seams: Receipt['seams'];
  /** Deployments that were not tried though their turn had come. */
  readonly passedOver: NonNullable<Receipt['passed_over']>;
  /** The receipt so far. */
  toReceipt(finish?: EngineFinish): Receipt;
}

export function draftReceipt(request: GenerateRequest, clock: Clock, place: ReceiptDraft['place']): ReceiptDraft {
  const startedAt = toTimestamp(clock.now());
  const startedMs = clock.monotonic();
  const draft: ReceiptDraft = {
    place,
    queueMs: 0,
    loadMs: 0,
    firstTokenMs: undefined,
    reasoningMs: undefined,
    applied: undefined,
    contextLength: undefined,
    profile: undefined,
    fallbackReason: undefined,
    attempts: [],
    seams: [],
    passedOver: [],
    toReceipt(finish) {
      const totalMs = clock.monotonic() - startedMs;
      const { usage = {}, timings = {} } = finish ?? {};
      const writingMs = totalMs - draft.queueMs - draft.loadMs - (draft.firstTokenMs ?? 0);
      return {
        ...draft.place,
        ...(request.model !== undefined && { requested_model: request.model }),
        task: request.task,
        started_at: startedAt,
        queue_ms: Math.round(draft.queueMs),
        load_ms: Math.round(draft.loadMs),
        total_ms: Math.round(totalMs),
        ...known({
          first_token_ms: draft.firstTokenMs === undefined ? undefined : Math.round(draft.firstTokenMs),
          prompt_tokens: usage.promptTokens,
          cached_tokens: usage.cachedTokens,
          ...toWritten({ usage, timings, writingMs }, draft.seams.length > 0),
          context_length: draft.contextLength,
          reasoning_ms: draft.reasoningMs === undefined ? undefined : Math.round(draft.reasoningMs),
          reasoning_tokens: usage.reasoningTokens,
        }),
        ...toProfileField(draft.profile),
        ...toOptionFields(draft.applied, finish),
        ...(draft.fallbackReason !== undefined && { fallback_reason: draft.fallbackReason }),
        attempts: [...draft.attempts],
        ...(draft.passedOver.length > 0 && { passed_over: [...draft.passedOver] }),
        seams: [...draft.seams],
      };
    },
  };
  return draft;
}

/** Of what nobody set there is nothing to say. */
function toProfileField(profile: LaunchProfile = {}): Pick<Receipt, 'profile'> {
  const wire = toWireProfile(profile);
  return Object.keys(wire).length > 0 ? { profile: wire } : {};
}

/** Of an answer in several pieces only the last one was counted: its number is not that of the whole, and its pace only where the engine measured it. */
function toWritten(writing: Parameters<typeof toTokensPerSecond>[0], hasSeams: boolean): Record<string, number | undefined> {
  const { usage, timings } = writing;
  if (!hasSeams) return { completion_tokens: usage.completionTokens, tokens_per_second: toTokensPerSecond(writing) };
  return { tokens_per_second: timings.completionMs === undefined ? undefined : toTokensPerSecond(writing) };
}

/** The problem with the receipt so far among its facts. */
export function withReceipt(problem: Problem, receipt: Receipt): Problem {
  const { code, detail, source, field, retryAfterSeconds, facts, cause } = problem;
  return new Problem(code, detail, {
    source,
    cause: cause ?? problem,
    facts: { ...facts, receipt },
    ...(field !== undefined && { field }),
    ...(retryAfterSeconds !== undefined && { retryAfterSeconds }),
  });
}

/** Without the figures that nobody knows. */
function known<T extends Record<string, number | undefined>>(figures: T): { readonly [K in keyof T]?: number } {
  return Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== undefined)) as { readonly [K in keyof T]?: number };
}
