import { useEffect, useLayoutEffect, useRef, type KeyboardEvent, type ReactNode, type RefObject } from 'react';

interface PopMenuProps {
  readonly anchor: RefObject<HTMLElement | null>;
  readonly label: string;
  readonly onClose: () => void;
  /** Elements of the role `menuitem`. */
  readonly children: ReactNode;
}

const GAP_PX = 4;

/** Over everything else, below its button or above it where there is no room. */
export function PopMenu({ anchor, label, onClose, children }: PopMenuProps) {
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
    itemsOf(element)[0]?.focus();
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
    const items = itemsOf(menu.current);
    items[(items.indexOf(document.activeElement as HTMLElement) + step + items.length) % items.length]?.focus();
  }

  return (
    <div ref={menu} className="menu pop" role="menu" aria-label={label} popover="auto" tabIndex={-1} onKeyDown={onKeyDown}>
      {children}
    </div>
  );
}

function itemsOf(menu: HTMLElement | null): HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>('[role="menuitem"]') ?? [])];
}
