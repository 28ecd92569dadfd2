import type { ConversationSummary } from '@pilotlight/contract';
import { useEffect, useRef, useState } from 'react';

import { useApp } from '../../app/create-app.ts';
import { titleWords } from './group-by-day.ts';

interface DeleteDialogProps {
  readonly conversation: ConversationSummary;
  readonly onDone: () => void;
}

/** Says what goes before it goes. */
export function DeleteDialog({ conversation, onDone }: DeleteDialogProps) {
  const app = useApp();
  const dialog = useRef<HTMLDialogElement>(null);
  const [failure, setFailure] = useState<string>();
  useEffect(() => dialog.current?.showModal(), []);

  async function remove(): Promise<void> {
    const failed = await app.conversations.remove(conversation.id);
    if (failed === undefined) onDone();
    else setFailure(failed);
  }

  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={`delete-${conversation.id}`} onClose={onDone}>
      <header>
        <h2 id={`delete-${conversation.id}`}>Delete “{titleWords(conversation.title)}”?</h2>
        <p>All its messages go, in every version. This cannot be undone.</p>
        {conversation.running_generation_id === undefined ? null : <p>The answer that is being written in it stops.</p>}
        {failure === undefined ? null : (
          <p className="err" role="alert">
            Not deleted: {failure}
          </p>
        )}
      </header>
      <footer>
        <button type="button" className="btn quiet" onClick={() => dialog.current?.close()}>
          Keep it
        </button>
        <button type="button" className="btn danger fill" onClick={() => void remove()}>
          Delete the chat
        </button>
      </footer>
    </dialog>
  );
}
