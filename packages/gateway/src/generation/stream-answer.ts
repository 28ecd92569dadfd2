import { EngineError, Problem, toTimestamp } from '@pilotlight/contract';
import type { Clock, EnginePart, GatewayPart, PhasePart } from '@pilotlight/contract';

import { firstTokenLimitMs, silenceLimitMs, silenceNoticeMs } from '../attempts/deadlines.ts';
import type { Pace } from '../attempts/deadlines.ts';
import type { Bell } from './bell.ts';
import type { Lease } from './lease.ts';
import type { PhaseFeed } from './phase-feed.ts';
import { timeThought } from './time-thought.ts';

export interface AnswerOptions {
  readonly lease: Lease;
  readonly model: string;
  readonly clock: Clock;
  readonly bell: Bell;
  readonly feed: PhaseFeed;
  readonly signal: AbortSignal;
  readonly pace: Pace;
  /** Counted or guessed. */
  readonly promptTokens: number;
}

export type EngineFinish = Extract<EnginePart, { type: 'finish' }>;

/** How far an answer has come; kept outside the generator, so that it is known however that ends. */
export interface AnswerProgress {
  /** From the opening of the stream to the first visible part. */
  firstTokenMs: number | undefined;
  /** From the first thought to the first word of the answer, or to the last thought so far; absent: it did not think. */
  reasoningMs?: number;
}

type Arrival = { readonly result: IteratorResult<EnginePart> } | { readonly error: unknown };

/**
 * The content of one answer as the engine streams it, with phase parts while it is silent. Returns the engine's end marker. Throws what the engine
 * throws, the signal's reason, or a `Problem` if it was silent beyond its limit.
 */
export async function* streamAnswer(options: AnswerOptions, progress: AnswerProgress): AsyncGenerator<GatewayPart, EngineFinish> {
  const { lease, bell, feed, signal, clock } = options;
  const silence = watchSilence(options);
  const thought = timeThought(progress);
  let arrival: Arrival | undefined;
  let isAsked = false;

  function ask(): void {
    isAsked = true;
    silence.begin();
    lease.next().then(
      (result) => arrive({ result }),
      (error: unknown) => arrive({ error }),
    );
  }
  function arrive(news: Arrival): void {
    arrival = news;
    bell.ring();
  }

  feed.onSecond(() => {
    // A reader that is slow to take what came is not an engine that is silent.
    const problem = isAsked && !arrival ? silence.look() : undefined;
    if (problem) arrive({ error: problem });
  });
  try {
    for (;;) {
      if (signal.aborted) throw signal.reason;
      if (arrival) {
        if ('error' in arrival) throw arrival.error;
        const { result } = arrival;
        arrival = undefined;
        isAsked = false;
        if (result.done) throw new EngineError('cut', 'the answer ended without its end marker');
        const part = result.value;
        if (part.type === 'finish') return part;
        const notice = silence.end(part);
        if (notice) yield notice;
        if (part.type !== 'reading') {
          progress.firstTokenMs ??= clock.monotonic() - silence.startedMs;
          thought.take(part, clock.monotonic());
          yield part.type === 'tool_call' ? { type: 'tool_call', ...part.call } : part;
        }
        continue;
      }
      if (!isAsked) ask();
      const notice = feed.take();
      if (notice) yield notice;
      else await bell.heard();
    }
  } finally {
    feed.onSecond(undefined);
    feed.show(undefined);
  }
}

interface SilenceWatch {
  readonly startedMs: number;
  /** The engine was asked for its next part. */
  begin(): void;
  /** The part came. Returns what there is to say about the silence before it. */
  end(part: EnginePart): PhasePart | undefined;
  /** Looks at the time: shows a silence that is worth a word, returns the problem if it is too long. */
  look(): Problem | undefined;
}

/** Compares how long the engine has been silent with what is usual for it. No timers: it is asked once a second. */
function watchSilence({ clock, feed, model, pace, promptTokens }: AnswerOptions): SilenceWatch {
  const startedMs = clock.monotonic();
  const readingSince = toTimestamp(clock.now());
  let silentSinceMs = startedMs;
  let reading: { readonly done: number; readonly total: number } | undefined;
  const content = { parts: 0, firstMs: 0, lastMs: 0 };
  let stalledSince: string | undefined;

  function toReadingPart(): PhasePart {
    const part = { type: 'phase', phase: 'reading', model, since: readingSince } as const;
    if (!reading) return { ...part, reason: 'Reading the prompt' };
    const { done, total } = reading;
    const reason = `Reading the prompt, ${done.toLocaleString('en')} of ${total.toLocaleString('en')} tokens`;
    return { ...part, reason, tokens_done: done, tokens_total: total };
  }
  /** What is usual: of this answer, where it is slower than the others were. */
  function usual(): Pace {
    const own = content.parts > 1 ? (content.lastMs - content.firstMs) / (content.parts - 1) : 0;
    return { ...pace, gapMs: Math.max(pace.gapMs ?? 0, own) };
  }
  function lookAtFirst(silentMs: number): Problem | undefined {
    const limitMs = firstTokenLimitMs(pace, promptTokens);
    if (silentMs < limitMs) return undefined;
    return new Problem('first_token_timeout', `no token came within ${toSeconds(limitMs)}`, { source: 'upstream' });
  }

  feed.show(toReadingPart);
  return {
    startedMs,
    begin() {
      silentSinceMs = clock.monotonic();
    },
    end(part) {
      if (part.type === 'reading') {
        reading = { done: part.tokensDone, total: part.tokensTotal };
        feed.changed();
        return undefined;
      }
      const now = clock.monotonic();
      if (content.parts === 0) {
        content.firstMs = now;
        feed.show(undefined);
      }
      content.parts += 1;
      content.lastMs = now;
      if (stalledSince === undefined) return undefined;
      stalledSince = undefined;
      feed.show(undefined);
      const reason = `Answering again after ${toSeconds(now - silentSinceMs)} of silence`;
      return { type: 'phase', phase: 'answering', model, reason, since: toTimestamp(clock.now()) };
    },
    look() {
      const silentMs = clock.monotonic() - silentSinceMs;
      if (content.parts === 0) return lookAtFirst(silentMs);
      const limitMs = silenceLimitMs(usual());
      if (silentMs >= limitMs) return new Problem('answer_stalled', `no token for ${toSeconds(silentMs)}`, { source: 'upstream' });
      if (stalledSince !== undefined || silentMs < silenceNoticeMs(usual())) return undefined;
      const since = toTimestamp(clock.now() - silentMs);
      stalledSince = since;
      feed.show(() => {
        const reason = toStallWords(clock.monotonic() - silentSinceMs, limitMs, usual());
        return { type: 'phase', phase: 'stalled', model, reason, since };
      });
      return undefined;
    },
  };
}

function toStallWords(silentMs: number, limitMs: number, { gapMs }: Pace): string {
  const usually = gapMs === undefined || gapMs < 1 ? '' : `; usually there is one every ${toGap(gapMs)}`;
  return `No tokens for ${toSeconds(silentMs)}${usually}. After ${toSeconds(limitMs)} it is given up`;
}

function toGap(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

function toSeconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
