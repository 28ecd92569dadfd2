import { useEffect, useLayoutEffect, useRef, type KeyboardEvent, type RefObject } from 'react';

import { Icon } from '../../ui/icon.tsx';

interface ItemMenuProps {
  readonly anchor: RefObject<HTMLElement | null>;
  readonly onRename: () => void;
  readonly onDelete: () => void;
  readonly onClose: () => void;
}

const GAP_PX = 4;

/** Over everything else, below its button or above it where there is no room. */
export function ItemMenu({ anchor, onRename, onDelete, onClose }: ItemMenuProps) {
  const menu = useRef<HTMLDivElement>(null);
  const latestClose = useRef(onClose);
  useEffect(() => {
    latestClose.current = onClose;
  });
  useLayoutEffect(() => {
    const element = menu.current;
    const button = anchor.current?.getBoundingClientRect();
    if (element === null || button === undefined) return;
    element.showPopover();
    const { width, height } = element.getBoundingClientRect();
    const below = button.bottom + GAP_PX;
    element.style.top = `${below + height > window.innerHeight ? Math.max(GAP_PX, button.top - GAP_PX - height) : below}px`;
    element.style.left = `${Math.max(GAP_PX, Math.min(button.left, window.innerWidth - width - GAP_PX))}px`;
    element.querySelector('button')?.focus();
    const onToggle = (event: Event): void => {
      if ((event as ToggleEvent).newState === 'closed') latestClose.current();
    };
    element.addEventListener('toggle', onToggle);
    return () => element.removeEventListener('toggle', onToggle);
  }, [anchor]);

  function onKeyDown(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const items = [...(menu.current?.querySelectorAll<HTMLElement>('button') ?? [])];
    items[(items.indexOf(document.activeElement as HTMLElement) + step + items.length) % items.length]?.focus();
  }

  return (
    <div ref={menu} className="menu conv-menu" role="menu" popover="auto" tabIndex={-1} onKeyDown={onKeyDown}>
      <button type="button" role="menuitem" className="it" onClick={onRename}>
        <Icon name="edit" />
        Rename
      </button>
      <button type="button" role="menuitem" className="it danger" onClick={onDelete}>
        <Icon name="trash" />
        Delete
      </button>
    </div>
  );
}
