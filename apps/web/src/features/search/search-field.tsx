import { useEffect, useRef, type RefObject } from 'react';
import { flushSync } from 'react-dom';

import { useApp } from '../../app/create-app.ts';
import { useStore } from '../../app/store.ts';
import { Icon } from '../../ui/icon.tsx';

const MOST_LETTERS = 500;

interface SearchFieldProps {
  readonly field: RefObject<HTMLInputElement | null>;
  /** Shows the list, where it is hidden. */
  readonly onOpen: () => void;
}

/** Where one types what to look for. Ctrl-K leads here; Esc empties it, and then goes back to where one was. */
export function SearchField({ field, onOpen }: SearchFieldProps) {
  const { search } = useApp();
  const query = useStore(search.state, (state) => state.query);
  const cameFrom = useSearchKey(field, onOpen);
  return (
    <div className="find">
      <Icon name="search" />
      <input
        ref={field}
        id="find"
        type="search"
        placeholder="Search"
        aria-label="Search titles and messages"
        title="Search titles and messages, models and actions (Ctrl K)"
        maxLength={MOST_LETTERS}
        value={query}
        onChange={(event) => search.write(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape' || query.trim() !== '') return;
          const before = cameFrom.current;
          // Under an open list there is nothing to go back to: the key closes the list.
          if (before === null || before.closest('[inert]') !== null) return;
          event.preventDefault();
          before.focus();
        }}
      />
      {query === '' ? (
        <kbd>Ctrl K</kbd>
      ) : (
        <button
          type="button"
          className="btn quiet icon small"
          aria-label="Empty the search"
          title="Empty the search (Esc)"
          onClick={() => {
            search.write('');
            field.current?.focus();
          }}
        >
          <Icon name="close" size={14} />
        </button>
      )}
    </div>
  );
}

/** Returns what had the focus before Ctrl-K. */
function useSearchKey(field: RefObject<HTMLInputElement | null>, onOpen: () => void): RefObject<HTMLElement | null> {
  const cameFrom = useRef<HTMLElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.key.toLowerCase() !== 'k') return;
      event.preventDefault();
      if (document.activeElement instanceof HTMLElement && document.activeElement !== field.current)
        cameFrom.current = document.activeElement;
      if (field.current?.offsetParent === null) flushSync(onOpen);
      field.current?.focus();
      field.current?.select();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });
  return cameFrom;
}
