import type { ContextRequest, ContextUsage } from '@pilotlight/contract';
import { useEffect, useState } from 'react';

import { useApp, useAppState } from '../../app/create-app.ts';
import { useClock } from '../../app/ports.ts';
import { attachedTo } from '../attachments/pending-attachment.ts';
import type { ThreadEntry } from '../thread/tree.ts';
import { contextWords, type ContextWords } from './context-words.ts';

const QUIET_MS = 700;

interface Draft {
  readonly conversationId: string | undefined;
  readonly thread: readonly ThreadEntry[];
  readonly model: string | undefined;
  readonly text: string;
}

/** How much of the model's window the chat takes with what is written now, asked of the server once the typing pauses. Undefined while nothing is known. */
export function useContextWords({ conversationId, thread, model, text }: Draft): ContextWords | undefined {
  const { measureContext } = useApp();
  const clock = useClock();
  const attachments = useAppState((state) => state.attachments[conversationId ?? '']);
  const connection = useAppState((state) => state.connection.kind);
  const [usage, setUsage] = useState<ContextUsage>();
  const last = thread.at(-1)?.message;
  // While an answer is written its length is not known; it is measured when it has ended.
  const head = last?.state === 'running' ? undefined : last?.id;
  const isRunning = last?.state === 'running';
  const attached = attachedTo(attachments ?? [])
    .map(({ id }) => id)
    .join(' ');
  const isEmpty = last === undefined && text.trim() === '' && attached === '';
  useEffect(() => {
    if (isEmpty || isRunning || connection !== 'open') return undefined;
    const controller = new AbortController();
    const timer = clock.after(QUIET_MS, () => {
      const request: ContextRequest = {
        ...(conversationId === undefined || head === undefined ? {} : { conversation_id: conversationId, parent_id: head }),
        ...(model === undefined ? {} : { model }),
        ...(text === '' ? {} : { text }),
        ...(attached === '' ? {} : { attachments: attached.split(' ') }),
      };
      measureContext(request, controller.signal).then(setUsage, () => undefined);
    });
    return () => {
      timer[Symbol.dispose]();
      controller.abort();
    };
  }, [attached, clock, connection, conversationId, head, isEmpty, isRunning, measureContext, model, text]);
  return usage === undefined || isEmpty ? undefined : contextWords(usage);
}
