import type { GenerationPhase, ModelView, Phase } from '@pilotlight/contract';

import { formatCount, formatPercent, formatSeconds, ordinalWord, toSentence } from '../../ui/format.ts';
import { phaseWords } from '../models/phase-words.ts';
import type { AnswerState } from './answer-state.ts';

type HeardPhase = NonNullable<AnswerState['phase']>;

/** What stands where the answer will stand, until it does. */
export interface Waiting {
  readonly heading: string;
  readonly sentence: string;
  /** Measured, 0 to 1; drawn as a hairline. */
  readonly share?: number | undefined;
  readonly isReading?: boolean;
  /** In the margin. */
  readonly words: string;
  readonly flame: { readonly phase: Phase; readonly progress?: number | undefined; readonly position?: number | undefined };
  /** For those who hear the page. */
  readonly announcement: string;
  /** Another model that is ready would be quicker. */
  readonly isSlow: boolean;
}

export interface WaitingContext {
  readonly model: string;
  readonly view: ModelView | undefined;
  readonly now: number;
}

const OVERRUN = 1.5;
const KEPT = 'Your message is kept.';
const LEAVE = 'Type on, pick another model or leave the page: the answer will be here.';

/** The words of a wait, from what was heard last and the time now. */
export function toWaiting(phase: HeardPhase | undefined, context: WaitingContext): Waiting {
  const { model } = context;
  if (phase === undefined)
    return simple('cold', { heading: `Waiting for ${model}`, sentence: `The server has your message.`, words: 'sent' });
  switch (phase.phase) {
    case 'queued':
      return toQueued(phase, context);
    case 'loading':
      return toLoading(phase, context);
    case 'warming':
      return simple('warming', {
        heading: 'In memory, trying one token',
        sentence: 'It counts as ready only after a token has come out.',
        words: 'warming',
      });
    case 'reading':
      return toReading(phase, context);
    case 'summarising':
      return simple('busy', { heading: 'Summarising what does not fit', sentence: toSentence(phase.reason), words: 'summarising' });
    case 'stalled':
      return { ...toSilent(phase, context), isSlow: true };
    case 'retrying':
      return simple('unknown', { heading: 'Trying again', sentence: toSentence(phase.reason), words: 'trying again' });
    case 'answering':
    case 'busy':
    case 'ready':
      return simple('busy', { heading: 'Waiting for the first word', sentence: toSentence(phase.reason), words: 'answering' });
    case 'unknown':
    case 'absent':
    case 'downloading':
    case 'cold':
    case 'draining':
    case 'unloading':
    case 'failed':
    case 'wedged':
      return toOther(phase, phase.phase, context);
  }
}

function simple(phase: Phase, words: { readonly heading: string; readonly sentence: string; readonly words: string }): Waiting {
  return { ...words, flame: { phase }, announcement: words.heading, isSlow: false };
}

function toQueued(phase: HeardPhase, { now }: WaitingContext): Waiting {
  const { position } = phase;
  const place = position === undefined ? 'In the queue' : `${ordinalWord(position)} in the queue`;
  const heading = phase.eta === undefined ? place : `${place}, about ${formatSeconds(remaining(phase, now))}`;
  const basis = phase.eta === undefined ? undefined : `The estimate is the ${phase.eta.basis.replace(/^the /, '')}`;
  return {
    heading,
    sentence: join([phase.reason, basis, KEPT]),
    words: phaseWords({ phase: 'queued', position }, now),
    flame: { phase: 'queued', position },
    announcement: heading,
    isSlow: true,
  };
}

function toLoading(phase: HeardPhase, { model, view, now }: WaitingContext): Waiting {
  const elapsed = elapsedSeconds(phase, now);
  const usual = phase.usualMs === undefined ? undefined : phase.usualMs / 1000;
  const base = {
    share: phase.progress,
    words: phaseWords({ phase: 'loading', progress: phase.progress }, now),
    flame: { phase: 'loading', progress: phase.progress },
    isSlow: true,
  } as const;
  if (usual !== undefined && elapsed > usual * OVERRUN) {
    const heading = `Taking longer than usual: ${formatSeconds(elapsed)}, usually ${formatSeconds(usual)}`;
    return {
      ...base,
      heading,
      sentence: join([phase.reason, 'Loading goes on as long as it makes progress', KEPT]),
      announcement: heading,
    };
  }
  const share = phase.progress === undefined ? '' : `, ${formatPercent(phase.progress)}`;
  if (phase.eta === undefined) {
    const isFirst = view?.metrics.loads === 0 && phase.progress === undefined;
    return {
      ...base,
      heading: `Loading ${model}${isFirst ? ' for the first time' : share}`,
      sentence: join([
        `How long is not known yet; ${formatSeconds(elapsed)} so far`,
        'The next load will have an estimate',
        `${KEPT} ${LEAVE}`,
      ]),
      announcement: `Loading ${model}`,
    };
  }
  const left = formatSeconds(remaining(phase, now));
  return {
    ...base,
    heading: `Loading ${model}${share}`,
    sentence: join([`About ${left} more, ${phase.eta.basis}; ${formatSeconds(elapsed)} so far`, `${KEPT} ${LEAVE}`]),
    announcement: `Loading ${model}, about ${left.replace(/ s$/, ' seconds').replace(/ min$/, ' minutes')}`,
  };
}

function toReading(phase: HeardPhase, { now }: WaitingContext): Waiting {
  const { tokens_done: done, tokens_total: total } = phase;
  const hasCounts = done !== undefined && total !== undefined && total > 0;
  const counts = hasCounts
    ? `, ${formatCount(done)} of ${formatCount(total)} tokens`
    : total === undefined
      ? ''
      : `, ${formatCount(total)} tokens`;
  const elapsed = elapsedSeconds(phase, now);
  return {
    heading: `Reading the prompt${counts}`,
    sentence:
      phase.eta === undefined
        ? `${formatSeconds(elapsed)} so far.`
        : join([`About ${formatSeconds(remaining(phase, now))} more, ${phase.eta.basis}`]),
    share: hasCounts ? done / total : phase.progress,
    isReading: true,
    words: `reading, ${formatSeconds(elapsed)}`,
    flame: { phase: 'busy' },
    announcement: 'Reading the prompt',
    isSlow: false,
  };
}

function toSilent(phase: HeardPhase, { now }: WaitingContext): Waiting {
  const silence = formatSeconds(elapsedSeconds(phase, now));
  return {
    heading: `Silent for ${silence}`,
    // The heading counts on; the count of the moment in which the notice was written would contradict it.
    sentence: join([phase.reason.replace(/^no tokens? for [^;.]*(?:[;.]\s*|$)/i, ''), 'What is written so far is kept']),
    words: silentWords(phase, now),
    flame: { phase: 'unknown' },
    announcement: 'Silent for a while',
    isSlow: true,
  };
}

/** How long no token has come, in the words of the margin and of the composer. */
export function silentWords(phase: Pick<HeardPhase, 'since'>, now: number): string {
  return `silent for ${formatSeconds(elapsedSeconds(phase, now))}`;
}

const OTHER_HEADINGS: Readonly<Record<Exclude<Phase, 'queued' | 'loading' | 'warming' | 'busy' | 'ready'>, (model: string) => string>> = {
  unknown: (model) => `Asking ${model}`,
  absent: (model) => `${model} is not on this disk`,
  downloading: (model) => `Pulling ${model}`,
  cold: (model) => `${model} is not in memory yet`,
  draining: (model) => `Waiting until ${model} has finished other answers`,
  unloading: () => 'Making room in memory',
  failed: (model) => `${model} failed`,
  wedged: (model) => `${model} is in memory but does not answer`,
};

function toOther(heard: HeardPhase, phase: keyof typeof OTHER_HEADINGS, { model, view, now }: WaitingContext): Waiting {
  const heading = OTHER_HEADINGS[phase](model);
  return {
    heading,
    sentence: join([heard.reason, KEPT]),
    share: heard.progress,
    words: phaseWords({ phase, progress: heard.progress, since: heard.since, health: view?.health, provider: view?.provider }, now),
    flame: { phase, progress: heard.progress },
    announcement: heading,
    isSlow: true,
  };
}

/** Phases in which something is said beside text that stands already. */
export function interruptsText(phase: GenerationPhase | undefined): boolean {
  return phase !== undefined && phase !== 'answering' && phase !== 'busy' && phase !== 'ready' && phase !== 'reading';
}

function elapsedSeconds(phase: Pick<HeardPhase, 'since'>, now: number): number {
  return Math.max(0, (now - Date.parse(phase.since)) / 1000);
}

/** An estimate is of the moment in which it was heard. */
function remaining(phase: HeardPhase, now: number): number {
  return Math.max(1, (phase.eta?.seconds ?? 0) - Math.max(0, now - phase.heardAt) / 1000);
}

function join(sentences: readonly (string | undefined)[]): string {
  return sentences
    .filter((sentence) => sentence !== undefined && sentence !== '')
    .map((sentence) => toSentence(sentence ?? ''))
    .join(' ');
}
