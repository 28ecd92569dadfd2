import { memo } from 'react';

import { useAppState } from '../../app/create-app.ts';
import type { Outgoing } from '../composer/outgoing.ts';
import { Answer } from './answer.tsx';
import { OutgoingQuestion } from './outgoing-question.tsx';
import { Question } from './question.tsx';
import type { ThreadEntry } from './tree.ts';
import { UnreadableThread } from './unreadable-thread.tsx';

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
  if (failure !== undefined && !isRead) return <UnreadableThread conversationId={conversationId} failure={failure} />;
  return (
    <>
      {thread.map((entry) =>
        entry.message.role === 'user' ? (
          <Question key={entry.message.id} conversationId={conversationId} entry={entry} onEdit={onEdit} />
        ) : (
          <Answer key={entry.message.id} conversationId={conversationId} entry={entry} />
        ),
      )}
      {outgoing.map((message) => (
        <OutgoingQuestion key={message.messageId} outgoing={message} onTakeBack={onTakeBack} />
      ))}
    </>
  );
});
