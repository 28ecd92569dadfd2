import type { ConversationSummary } from '@pilotlight/contract';
import { useEffect, useId, useRef, useState, type SyntheticEvent } from 'react';

import { useApp } from '../../app/create-app.ts';
import { titleWords } from './group-by-day.ts';

interface RenameFormProps {
  readonly conversation: ConversationSummary;
  readonly onDone: () => void;
}

const MAX_TITLE = 200;

/** Enter keeps the new title, Esc the old one. */
export function RenameForm({ conversation, onDone }: RenameFormProps) {
  const app = useApp();
  const field = useRef<HTMLInputElement>(null);
  const [title, setTitle] = useState(titleWords(conversation.title));
  const [failure, setFailure] = useState<string>();
  const failureId = useId();
  useEffect(() => field.current?.select(), []);

  async function keep(event?: SyntheticEvent): Promise<void> {
    event?.preventDefault();
    const wanted = title.trim();
    if (wanted === '' || wanted === conversation.title) {
      onDone();
      return;
    }
    const failed = await app.conversations.rename(conversation.id, wanted);
    if (failed === undefined) onDone();
    else setFailure(failed);
  }

  return (
    <form onSubmit={(event) => void keep(event)}>
      <input
        ref={field}
        className="field"
        aria-label="Title"
        maxLength={MAX_TITLE}
        value={title}
        aria-invalid={failure !== undefined}
        aria-describedby={failure === undefined ? undefined : failureId}
        onChange={(event) => setTitle(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          onDone();
        }}
      />
      {failure === undefined ? null : (
        <p className="err" id={failureId}>
          {failure}
        </p>
      )}
    </form>
  );
}
