import type { MouseEvent, ReactNode } from 'react';

import { useApp } from '../app/create-app.ts';

interface LinkProps {
  readonly to: string;
  readonly className?: string;
  readonly isCurrent?: boolean;
  readonly onFollow?: () => void;
  readonly children: ReactNode;
}

/** A link within the page. With a modifier key it is the browser's. */
export function Link({ to, className, isCurrent = false, onFollow, children }: LinkProps) {
  const { router } = useApp();
  function follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    router.go(to);
    onFollow?.();
  }
  return (
    <a href={to} className={className} aria-current={isCurrent ? 'page' : undefined} onClick={follow}>
      {children}
    </a>
  );
}
