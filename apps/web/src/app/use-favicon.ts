import { useEffect, useMemo } from 'react';

import { findModel } from '../features/models/models-state.ts';
import { useCurrentModel } from '../features/models/use-current-model.ts';
import { threadOf, type ThreadEntry } from '../features/thread/tree.ts';
import { useAppState } from './create-app.ts';
import { useAway } from './use-away.ts';

const NO_THREAD: readonly ThreadEntry[] = [];

/** The flame of the chat's model, in its phase, on the tab. */
export function useFavicon(conversationId: string | undefined): void {
  const view = useAppState((state) => (conversationId === undefined ? undefined : state.views[conversationId]));
  const thread = useMemo(() => (view === undefined ? NO_THREAD : threadOf(view.messages, view.head_id)), [view]);
  const name = useCurrentModel(conversationId, thread);
  const isAway = useAway();
  const known = useAppState((state) => findModel(state.models, name)?.phase) ?? 'cold';
  const phase = isAway ? 'unknown' : known;
  useEffect(() => {
    const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
    if (link !== null) link.href = `/flames/${phase}.svg`;
  }, [phase]);
}
