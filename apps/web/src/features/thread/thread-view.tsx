import { memo, startTransition, useEffect, useState } from 'react';

import { useApp, useAppState } from '../../app/create-app.ts';
import { usePorts } from '../../app/ports.ts';
import type { Outgoing } from '../composer/outgoing.ts';
import { Answer } from './answer.tsx';
import { OutgoingQuestion } from './outgoing-question.tsx';
import { Question } from './question.tsx';
import type { ThreadEntry } from './tree.ts';
import { UnreadableThread } from './unreadable-thread.tsx';
import { placeKey } from './use-thread-scroll.ts';

interface ThreadViewProps {
  readonly conversationId: string;
  readonly thread: readonly ThreadEntry[];
  readonly outgoing: readonly Outgoing[];
  readonly onEdit: (messageId: string) => void;
  readonly onTakeBack: (outgoing: Outgoing) => void;
}

/** The branch that is shown, and what is on its way to it. */
export const ThreadView = memo(function ThreadView({ conversationId, thread, outgoing, onEdit, onTakeBack }: ThreadViewProps) {
  const failure = useAppState((state) => state.viewFailures[conversationId]);
  const isRead = useAppState((state) => state.views[conversationId] !== undefined);
  return (
    <>
      {failure !== undefined && !isRead ? <UnreadableThread conversationId={conversationId} failure={failure} /> : null}
      {isRead ? <Entries conversationId={conversationId} thread={thread} onEdit={onEdit} /> : null}
      {outgoing.map((message, index) => (
        <OutgoingQuestion key={message.messageId} outgoing={message} place={index + 1} onTakeBack={onTakeBack} />
      ))}
    </>
  );
});

/** More than a window holds, and little enough to be drawn at once. */
const FIRST_SHOWN = 24;

/** The end of a long thread is there at once, and the rest a moment later, without stopping the page. */
function Entries({ conversationId, thread, onEdit }: Pick<ThreadViewProps, 'conversationId' | 'thread' | 'onEdit'>) {
  const { keptInTab } = usePorts();
  const { store } = useApp();
  // A place to go to may be anywhere in it.
  const [isWhole, setWhole] = useState(
    () => thread.length <= FIRST_SHOWN || store.get().jump !== undefined || keptInTab.get(placeKey(conversationId)) !== undefined,
  );
  useEffect(() => {
    if (!isWhole) startTransition(() => setWhole(true));
  }, [isWhole]);
  const shown = isWhole ? thread : thread.slice(-FIRST_SHOWN);
  return shown.map((entry) =>
    entry.message.role === 'user' ? (
      <Question key={entry.message.id} conversationId={conversationId} entry={entry} onEdit={onEdit} />
    ) : (
      <Answer key={entry.message.id} conversationId={conversationId} entry={entry} />
    ),
  );
}
