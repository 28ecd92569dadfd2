import { useAppState } from '../../app/create-app.ts';
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
  return chosen ?? settings ?? last?.receipt?.requested_model ?? last?.model ?? fallback;
}
