import type { MessageView } from '@pilotlight/contract';

import { useAppState } from '../../app/create-app.ts';
import type { AnswerState } from '../thread/answer-state.ts';
import type { ThreadEntry } from '../thread/tree.ts';
import { defaultModel } from './models-state.ts';

/** The model the next message goes to: the one chosen, else that of the chat's settings, else the one that answered last in this thread, else the default. */
export function useCurrentModel(conversationId: string | undefined, thread: readonly ThreadEntry[]): string | undefined {
  const chosen = useAppState((state) => state.chosenModels[conversationId ?? '']);
  const settings = useAppState((state) =>
    conversationId === undefined ? state.newChat.settings.model : state.views[conversationId]?.settings?.model,
  );
  const fallback = useAppState((state) => defaultModel(state.models)?.name);
  const last = thread.findLast(({ message }) => message.role === 'assistant')?.message;
  const lastModel = useAppState((state) => modelThatAnswers(last, state.answers[last?.generation_id ?? '']));
  return chosen ?? settings ?? lastModel ?? fallback;
}

/** Which model was asked for an answer, or else writes or wrote it; a running one has that in its log alone. */
export function modelThatAnswers(message: MessageView | undefined, written: AnswerState | undefined): string | undefined {
  return message?.receipt?.requested_model ?? message?.model ?? written?.segments[0]?.model ?? written?.model;
}
