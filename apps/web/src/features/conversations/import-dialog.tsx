import type { ConversationSummary, ImportResult } from '@pilotlight/contract';
import { useEffect, useId, useRef } from 'react';

import { formatBytes, toSentence } from '../../ui/format.ts';
import { titleWords } from './group-by-day.ts';
import type { ChosenFile, ImportOutcome } from './import-file.ts';
import { importedHeading, importedWords, refusedWords } from './import-words.ts';

interface ImportDialogProps {
  readonly file: ChosenFile;
  /** Undefined while the file is being taken in. */
  readonly outcome: ImportOutcome | undefined;
  readonly onOpen: (conversation: ConversationSummary) => void;
  readonly onDone: () => void;
}

/** What became of a file that was chosen for import. */
export function ImportDialog({ file, outcome, onOpen, onDone }: ImportDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const headingId = useId();
  useEffect(() => dialog.current?.showModal(), []);
  const only = outcome?.kind === 'imported' && outcome.result.imported.length === 1 ? outcome.result.imported[0] : undefined;
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={headingId} onClose={onDone}>
      <header aria-live="polite">
        <h2 id={headingId}>{headingOf(outcome)}</h2>
        {outcome === undefined ? (
          <p>
            “{file.name}”, {formatBytes(file.size)}. Closing this does not stop it.
          </p>
        ) : null}
        {outcome?.kind === 'failed' ? (
          <>
            <p>{outcome.why}</p>
            <p>{outcome.helps}</p>
          </>
        ) : null}
        {outcome?.kind === 'imported' ? <Imported result={outcome.result} /> : null}
      </header>
      <footer>
        <button type="button" className={only === undefined ? 'btn' : 'btn quiet'} onClick={() => dialog.current?.close()}>
          Close
        </button>
        {only === undefined ? null : (
          <button type="button" className="btn primary" onClick={() => onOpen(only.conversation)}>
            Open the chat
          </button>
        )}
      </footer>
    </dialog>
  );
}

function headingOf(outcome: ImportOutcome | undefined): string {
  if (outcome === undefined) return 'Importing the file';
  return outcome.kind === 'failed' ? 'Nothing was imported' : importedHeading(outcome.result);
}

const MOST_REASONS = 20;

function Imported({ result }: { readonly result: ImportResult }) {
  const { refused } = result;
  const more = refused.length - MOST_REASONS;
  return (
    <>
      <p>{importedWords(result)}</p>
      {refused.length === 0 ? null : (
        <>
          <p>{refusedWords(result)}</p>
          <ul className="reasons">
            {refused.slice(0, MOST_REASONS).map(({ title, reason }, index) => (
              // Titles need not differ, and the list never changes.
              // oxlint-disable-next-line react/no-array-index-key
              <li key={index}>
                <bdi>“{titleWords(title)}”</bdi>: {toSentence(reason)}
              </li>
            ))}
            {more > 0 ? <li>And {more} more.</li> : null}
          </ul>
        </>
      )}
    </>
  );
}
