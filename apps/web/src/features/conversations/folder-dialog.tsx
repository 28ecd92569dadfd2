import type { ConversationSummary } from '@pilotlight/contract';
import { useEffect, useId, useRef, useState, type SyntheticEvent } from 'react';

import { useApp, useAppState } from '../../app/create-app.ts';
import { titleWords } from './group-by-day.ts';
import { folderNames } from './list-sections.ts';

interface FolderDialogProps {
  readonly conversation: ConversationSummary;
  readonly onDone: () => void;
}

const MAX_NAME = 80;

/** Which folder a chat is in: one that there is, or a new one. A folder is there as long as a chat is in it. */
export function FolderDialog({ conversation, onDone }: FolderDialogProps) {
  const { conversations: actions } = useApp();
  const conversations = useAppState((state) => state.conversations);
  const folders = useAppState((state) => state.folders);
  const dialog = useRef<HTMLDialogElement>(null);
  const [name, setName] = useState(conversation.folder ?? '');
  const [failure, setFailure] = useState<string>();
  const id = useId();
  useEffect(() => dialog.current?.showModal(), []);

  async function move(event: SyntheticEvent | undefined, folder: string | null): Promise<void> {
    event?.preventDefault();
    const failed = await actions.change(conversation.id, { folder });
    if (failed === undefined) dialog.current?.close();
    else setFailure(failed);
  }

  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={`${id}-title`} onClose={onDone}>
      <form onSubmit={(event) => void move(event, name.trim() === '' ? null : name.trim())}>
        <header>
          <h2 id={`${id}-title`}>Folder of “{titleWords(conversation.title)}”</h2>
          <p>A folder is there as long as a chat is in it.</p>
        </header>
        <div className="px-6 pt-4">
          <label className="lab" htmlFor={id}>
            Name of the folder
          </label>
          <input
            id={id}
            className="field"
            list={`${id}-names`}
            maxLength={MAX_NAME}
            autoComplete="off"
            value={name}
            aria-invalid={failure !== undefined}
            aria-describedby={failure === undefined ? undefined : `${id}-failure`}
            onChange={(event) => setName(event.target.value)}
          />
          <datalist id={`${id}-names`}>
            {folderNames(conversations ?? [], folders).map((folder) => (
              <option key={folder} value={folder}>
                {folder}
              </option>
            ))}
          </datalist>
          {failure === undefined ? null : (
            <p className="err" id={`${id}-failure`} role="alert">
              Not moved: {failure}
            </p>
          )}
        </div>
        <footer>
          <button type="button" className="btn quiet" onClick={() => dialog.current?.close()}>
            Leave it
          </button>
          {conversation.folder === undefined ? null : (
            <button type="button" className="btn" onClick={() => void move(undefined, null)}>
              Take it out of “{conversation.folder}”
            </button>
          )}
          <button type="submit" className="btn primary">
            {name.trim() === '' ? 'Keep it in no folder' : `Move to “${name.trim()}”`}
          </button>
        </footer>
      </form>
    </dialog>
  );
}
