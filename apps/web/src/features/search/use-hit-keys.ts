import { useEffect, type RefObject } from 'react';

import type { Search } from './create-search.ts';

/** Where a key leads from the place that has the focus: `-1` is the field, else a row; undefined leaves the key alone. */
export function nextPlace(key: string, at: number, rows: number): number | undefined {
  if (key === 'ArrowDown') return at + 1 < rows ? at + 1 : undefined;
  if (key === 'ArrowUp') return at < 0 ? undefined : at - 1;
  if (key === 'Home' && at >= 0) return 0;
  if (key === 'End' && at >= 0) return rows - 1;
  return undefined;
}

interface Places {
  readonly list: RefObject<HTMLElement | null>;
  readonly field: RefObject<HTMLInputElement | null>;
}

/** While something is searched, arrows go from the field through what was found and back, Enter in the field opens the first, Esc ends the search. */
export function useHitKeys(search: Search, { list, field }: Places): void {
  useEffect(() => {
    const element = list.current;
    const onKey = (event: KeyboardEvent): void => takeKey(event, search, { list: element, field: field.current });
    element?.addEventListener('keydown', onKey);
    return () => element?.removeEventListener('keydown', onKey);
  }, [search, list, field]);
}

interface Elements {
  readonly list: HTMLElement | null;
  readonly field: HTMLInputElement | null;
}

function takeKey(event: KeyboardEvent, search: Search, { list, field }: Elements): void {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || search.state.get().query.trim() === '') return;
  const rows = [...(list?.querySelectorAll<HTMLElement>('.convs :is(a.nav, a.hit, li > button.nav)') ?? [])];
  const at = rows.indexOf(event.target as HTMLElement);
  if (at === -1 && event.target !== field) return;
  if (event.key === 'Escape') {
    event.preventDefault();
    search.write('');
    field?.focus();
  } else if (event.key === 'Enter' && at === -1) {
    event.preventDefault();
    rows[0]?.click();
  } else {
    const next = nextPlace(event.key, at, rows.length);
    if (next === undefined) return;
    event.preventDefault();
    (next === -1 ? field : rows[next])?.focus();
  }
}
