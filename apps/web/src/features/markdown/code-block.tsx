import { useDeferredValue, useEffect, useState, type ReactNode } from 'react';

import { CopyButton } from '../../ui/copy-button.tsx';
import { languageOf, type Highlighter } from './languages.ts';
import { showHidden } from './safe-link.ts';

/** Longer code is shown without colours: the highlighter's time grows with the text. In characters. */
const MAX_HIGHLIGHTED = 40_000;
/** While code is still coming it is coloured again with every piece, so only up to here. */
const MAX_HIGHLIGHTED_OPEN = 6000;

interface CodeBlockProps {
  readonly code: string;
  /** What stands after the fence: the language, and whatever else. */
  readonly info: string;
  readonly isOpen: boolean;
}

/** Code with its language, a copy button, and colours that come when the highlighter has been fetched. */
export function CodeBlock({ code, info, isOpen }: CodeBlockProps) {
  const language = languageOf(info);
  const shown = code.replace(/\n$/, '');
  const deferred = useDeferredValue(shown);
  const isSmall = shown.length <= (isOpen ? MAX_HIGHLIGHTED_OPEN : MAX_HIGHLIGHTED);
  const highlight = useHighlighter(isSmall ? language.load : undefined);
  const content: ReactNode = highlight === undefined || deferred !== shown ? showHidden(shown) : highlight(showHidden(deferred));
  return (
    <figure className="code">
      <header>
        {language.label}
        <CopyButton text={() => shown} label="Copy" className="btn quiet small" hasWords />
      </header>
      {/* What scrolls must be reachable by keyboard. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex, jsx-a11y/prefer-tag-over-role */}
      <pre tabIndex={0} role="group" aria-label={`${language.label}, code`}>
        <code>{content}</code>
      </pre>
    </figure>
  );
}

function useHighlighter(load: (() => Promise<Highlighter>) | undefined): Highlighter | undefined {
  const [loaded, setLoaded] = useState<{ readonly from: unknown; readonly highlight: Highlighter }>();
  useEffect(() => {
    let isGone = false;
    async function fetchHighlighter(): Promise<void> {
      try {
        const highlight = await load?.();
        if (highlight !== undefined && !isGone) setLoaded({ from: load, highlight });
      } catch {
        // Colours are missing then; the code is there.
      }
    }
    void fetchHighlighter();
    return () => {
      isGone = true;
    };
  }, [load]);
  return loaded?.from === load ? loaded?.highlight : undefined;
}
