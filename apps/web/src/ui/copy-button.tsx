import { useState } from 'react';

import { useClock } from '../app/ports.ts';
import { Icon } from './icon.tsx';

interface CopyButtonProps {
  /** Asked only when pressed. */
  readonly text: () => string;
  readonly label: string;
  readonly className: string;
  /** The label is shown, not only said. */
  readonly hasWords?: boolean;
}

const SHOWN_MS = 2000;

/** Copies, and says for two seconds whether that went well. */
export function CopyButton({ text, label, className, hasWords = false }: CopyButtonProps) {
  const clock = useClock();
  const [outcome, setOutcome] = useState<'copied' | 'failed'>();
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text());
      setOutcome('copied');
    } catch {
      setOutcome('failed');
    }
    clock.after(SHOWN_MS, () => setOutcome(undefined));
  }
  const words = outcome === undefined ? label : outcome === 'copied' ? 'Copied' : 'Not allowed to copy';
  return (
    <button type="button" className={className} aria-label={words} title={words} onClick={() => void copy()}>
      {hasWords && label !== 'Copy' ? null : <Icon name={outcome === 'copied' ? 'check' : 'copy'} size={hasWords ? 14 : 16} />}
      {hasWords ? words : null}
    </button>
  );
}
