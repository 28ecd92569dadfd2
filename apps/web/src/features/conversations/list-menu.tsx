import { lazy, Suspense, useRef, useState } from 'react';

import { useApp } from '../../app/create-app.ts';
import { toPath } from '../../app/router.ts';
import { Icon } from '../../ui/icon.tsx';
import { PopMenu } from '../../ui/pop-menu.tsx';
import type { ChosenFile, ImportOutcome } from './import-file.ts';

const ImportDialog = lazy(async () => ({ default: (await import('./import-dialog.tsx')).ImportDialog }));

interface Importing {
  readonly file: ChosenFile;
  readonly outcome: ImportOutcome | undefined;
}

/** What concerns all chats: taking in those of a file. */
export function ListMenu({ onLeave }: { readonly onLeave: () => void }) {
  const { router } = useApp();
  const more = useRef<HTMLButtonElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const [isOpen, setOpen] = useState(false);
  const { importing, take, leave } = useImport();

  function close(): void {
    setOpen(false);
    more.current?.focus();
  }

  return (
    <>
      <button
        ref={more}
        type="button"
        className="btn quiet icon small"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-label="More for all chats"
        title="More for all chats"
        onClick={() => setOpen(!isOpen)}
      >
        <Icon name="more" />
      </button>
      {isOpen ? (
        <PopMenu anchor={more} label="All chats" onClose={close}>
          <button
            type="button"
            role="menuitem"
            className="it"
            onClick={() => {
              close();
              chooser.current?.click();
            }}
          >
            <Icon name="take-in" />
            Import chats from a file
          </button>
        </PopMenu>
      ) : null}
      <input
        ref={chooser}
        type="file"
        accept=".json,application/json"
        hidden
        aria-label="File with chats"
        onChange={(event) => {
          const [file] = event.target.files ?? [];
          take(file);
          // The same file can be chosen again.
          event.target.value = '';
        }}
      />
      {importing === undefined ? null : (
        <Suspense fallback={null}>
          <ImportDialog
            file={importing.file}
            outcome={importing.outcome}
            onDone={leave}
            onOpen={({ id }) => {
              leave();
              router.go(toPath(id));
              onLeave();
            }}
          />
        </Suspense>
      )}
    </>
  );
}

function useImport() {
  const { conversations } = useApp();
  const [importing, setImporting] = useState<Importing>();

  async function run(file: File): Promise<void> {
    setImporting({ file, outcome: undefined });
    const outcome = await conversations.importFile(file);
    // Whoever has closed it meanwhile is not bothered again; the chats are in the list.
    setImporting((current) => (current?.file === file ? { file, outcome } : current));
  }

  return {
    importing,
    take: (file: File | undefined) => {
      if (file !== undefined) void run(file);
    },
    leave: () => setImporting(undefined),
  };
}
