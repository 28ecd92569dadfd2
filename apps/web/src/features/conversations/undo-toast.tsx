import { useEffect, useRef, useState } from 'react';

import { announce } from '../../app/announcer.tsx';
import { useApp, useAppState } from '../../app/create-app.ts';
import { useClock } from '../../app/ports.ts';
import { Icon } from '../../ui/icon.tsx';
import { lastDeletion, type Deletion } from './deletions.ts';
import { titleWords } from './group-by-day.ts';

const SHOWN_MS = 30_000;
const FIELDS = 'input, textarea, select, [contenteditable]';

/** Says that a chat was deleted, here or in another tab, and takes it back. Ctrl-Z outside a field does the same for as long as the server can. */
export function UndoToast() {
  const { conversations } = useApp();
  const deletions = useAppState((state) => state.deletions);
  const clock = useClock();
  const deletion = lastDeletion(deletions, clock.now());
  const [hidden, setHidden] = useState<string>();
  useUndoKey(deletion, () => conversations.restoreLast());
  if (deletion === undefined || hidden === deletion.id) return null;
  return <Toast key={deletion.id} deletion={deletion} onHide={() => setHidden(deletion.id)} />;
}

function Toast({ deletion, onHide }: { readonly deletion: Deletion; readonly onHide: () => void }) {
  const { conversations } = useApp();
  const clock = useClock();
  const undo = useRef<HTMLButtonElement>(null);
  const [isHeld, setHeld] = useState(false);
  const hide = useRef(onHide);
  useEffect(() => {
    hide.current = onHide;
  });
  useEffect(() => {
    announce(`“${titleWords(deletion.title)}” is deleted. Ctrl Z brings it back`);
    // What had the focus is gone with the chat.
    if (document.activeElement === document.body) undo.current?.focus();
  }, [deletion]);
  useEffect(() => {
    if (isHeld) return undefined;
    const timer = clock.after(SHOWN_MS, () => hide.current());
    return () => timer[Symbol.dispose]();
  }, [clock, isHeld]);
  return (
    // It is held while somebody is at it; that is no action.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <aside
      className="toast"
      aria-label="Deleted chat"
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span dir="auto">“{titleWords(deletion.title)}”</span>
      <span className="flex-none">is deleted</span>
      <button ref={undo} type="button" title="Undo (Ctrl Z)" onClick={() => void conversations.restore(deletion.id)}>
        Undo
      </button>
      <button type="button" aria-label="Hide this" onClick={onHide}>
        <Icon name="close" size={14} />
      </button>
    </aside>
  );
}

function useUndoKey(deletion: Deletion | undefined, restore: () => void): void {
  const latest = useRef(restore);
  useEffect(() => {
    latest.current = restore;
  });
  const isActive = deletion !== undefined;
  useEffect(() => {
    if (!isActive) return undefined;
    const onKey = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.key.toLowerCase() !== 'z') return;
      if (event.target instanceof Element && event.target.closest(FIELDS) !== null) return;
      event.preventDefault();
      latest.current();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, [isActive]);
}
