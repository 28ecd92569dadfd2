import { useState } from 'react';

import { useApp } from '../../app/create-app.ts';

export interface Draft {
  readonly text: string;
  /** Changes the text, and keeps it. */
  readonly write: (text: string) => void;
  /** Empties the field; what is on its way is kept until the server has it. */
  readonly leave: () => void;
}

/** What stands in the composer of a conversation, from the last time on. Mount anew for another conversation. */
export function useDraft(conversationId: string | undefined): Draft {
  const { drafts, store } = useApp();
  const [text, setText] = useState(() => {
    const kept = drafts.read(conversationId);
    const isOnItsWay = store.get().outbox.some((outgoing) => outgoing.draftOf === conversationId && outgoing.text === kept);
    return isOnItsWay ? '' : kept;
  });
  return {
    text,
    write(next) {
      setText(next);
      drafts.write(conversationId, next);
    },
    leave: () => setText(''),
  };
}
