import { useEffect, useRef, useState, type RefObject } from 'react';

export interface Drawer {
  readonly isOpen: boolean;
  readonly open: () => void;
  readonly close: () => void;
  /** What opens it, and has the focus again when it is closed. */
  readonly button: RefObject<HTMLButtonElement | null>;
}

const CLOSES_ITSELF = 'dialog[open], :popover-open';

/** The list where it lies over the page: the focus goes into it and comes back, and Esc closes it unless something within has use for the key. */
export function useDrawer(): Drawer {
  const [isOpen, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!isOpen) return undefined;
    const opener = button.current;
    document.querySelector<HTMLElement>('#chats .only-drawer')?.focus();
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return;
      if (document.querySelector(CLOSES_ITSELF) === null) setOpen(false);
    };
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('keydown', onKey);
      opener?.focus();
    };
  }, [isOpen]);
  return { isOpen, open: () => setOpen(true), close: () => setOpen(false), button };
}
