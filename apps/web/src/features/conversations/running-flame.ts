import type { ModelView } from '@pilotlight/contract';

import type { FlameProps } from '../../ui/flame.tsx';
import { phaseWords } from '../models/phase-words.ts';
import type { AnswerState } from '../thread/answer-state.ts';
import { interruptsText, toWaiting } from '../thread/waiting-words.ts';

/** What is known here of an answer that is under way in a chat of the list. */
export interface RunningFacts {
  /** The last phase of its log, if this page reads it. */
  readonly phase: AnswerState['phase'];
  readonly hasText: boolean;
  /** The model that it was asked of, if that is known. */
  readonly model: ModelView | undefined;
  /** The server is away: what was heard of the answer last need not be so now. */
  readonly isAway?: boolean;
}

export interface RunningMark {
  readonly flame: Pick<FlameProps, 'phase' | 'progress' | 'position'>;
  /** For those who hear the page. */
  readonly words: string;
}

const WRITTEN: RunningMark = { flame: { phase: 'busy' }, words: 'an answer is being written' };

/** The mark of an answer that is under way: its own phase, else that of its model; where neither is known, or the server is away, the mark of the unknown. */
export function runningMark({ phase, hasText, model, isAway = false }: RunningFacts): RunningMark {
  if (isAway) return { flame: { phase: 'unknown' }, words: 'an answer was under way when the server went away' };
  if (hasText && !interruptsText(phase?.phase)) return WRITTEN;
  if (phase !== undefined) return toMark(toWaiting(phase, { model: phase.model, view: undefined, now: phase.heardAt }).flame);
  switch (model?.phase) {
    case 'queued':
    case 'loading':
    case 'warming':
    case 'draining':
    case 'unloading':
    case 'downloading':
      return toMark({ phase: model.phase, progress: model.progress });
    case 'ready':
    case 'busy':
      return WRITTEN;
    case 'cold':
      return toMark({ phase: 'queued' });
    case 'unknown':
    case 'absent':
    case 'failed':
    case 'wedged':
    case undefined:
      return toMark({ phase: 'unknown' });
  }
}

function toMark(flame: RunningMark['flame']): RunningMark {
  if (flame.phase === 'busy') return WRITTEN;
  if (flame.phase === 'unknown') return { flame, words: 'an answer is under way' };
  return { flame, words: `an answer waits: ${phaseWords(flame, 0)}` };
}
