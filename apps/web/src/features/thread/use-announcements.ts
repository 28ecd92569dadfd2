import type { MessageView } from '@pilotlight/contract';
import { useEffect } from 'react';

import { announce } from '../../app/announcer.tsx';
import { useAppState } from '../../app/create-app.ts';
import { countWords, formatCount } from '../../ui/format.ts';
import { findModel } from '../models/models-state.ts';
import { toEnding } from './ending-words.ts';
import { toWaiting } from './waiting-words.ts';

/** Says in words what happens to the last answer, once for each thing that happens. The text itself is not read out. */
export function useAnnouncements(last: MessageView | undefined): void {
  const live = useAppState((state) => (last?.generation_id === undefined ? undefined : state.answers[last.generation_id]));
  const model = live?.model ?? last?.model ?? '';
  const view = useAppState((state) => findModel(state.models, model));
  const isRunning = last?.state === 'running';
  const hasText = live !== undefined && live.segments.length > 0;
  const phase = live?.phase;
  const words = wordsOf();
  useEffect(() => {
    if (words !== undefined && live !== undefined) announce(words);
    // One announcement for each kind of thing, not for each new estimate.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [last?.id, isRunning, hasText, phase?.phase, phase?.since]);

  function wordsOf(): string | undefined {
    if (last === undefined) return undefined;
    if (isRunning) return hasText ? 'Answering' : toWaiting(phase, { model, view, now: phase?.heardAt ?? 0 }).announcement;
    const ending = toEnding(last);
    const words = countWords(last.content);
    return ending === undefined ? `Answer complete, ${formatCount(words)} ${words === 1 ? 'word' : 'words'}` : ending.line;
  }
}
