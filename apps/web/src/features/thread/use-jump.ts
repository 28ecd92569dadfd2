import { useEffect, useRef } from 'react';

import { useApp, useAppState } from '../../app/create-app.ts';
import { useClock } from '../../app/ports.ts';
import type { ThreadEntry } from './tree.ts';

/** How long the message that was jumped to stands out; the style sheet fades it at the end of it. */
const SHOWN_MS = 2400;

/** Brings the message that was asked for into view as soon as it is there, and lets it stand out for a moment. */
export function useJump(conversationId: string | undefined, thread: readonly ThreadEntry[], show: (messageId: string) => boolean): void {
  const { store } = useApp();
  const clock = useClock();
  const jump = useAppState((state) => state.jump);
  const lit = useRef<Disposable>(undefined);
  useEffect(() => {
    if (jump === undefined || jump.conversationId !== conversationId || !show(jump.messageId)) return;
    lit.current?.[Symbol.dispose]();
    const light = lightUp(jump.messageId);
    lit.current = light;
    clock.after(SHOWN_MS, () => light[Symbol.dispose]());
    store.update((state) => (state.jump === jump ? { ...state, jump: undefined } : state));
  }, [jump, conversationId, thread, show, store, clock]);
}

function lightUp(messageId: string): Disposable {
  const parts = document.querySelectorAll<HTMLElement>(`[data-message="${CSS.escape(messageId)}"]`);
  for (const part of parts) part.dataset['found'] = '';
  return {
    [Symbol.dispose]() {
      for (const part of parts) delete part.dataset['found'];
    },
  };
}
