const FIELDS = 'input, textarea, select, [contenteditable]';

/** Whether a key asks for the list of keys: not where it is text, and not over another dialog. */
export function asksForKeys(
  { key, ctrlKey, metaKey, altKey }: Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>,
  { target, hasDialog }: { readonly target: Pick<Element, 'closest'> | undefined; readonly hasDialog: boolean },
): boolean {
  if (key !== '?' || ctrlKey || metaKey || altKey || hasDialog) return false;
  return target === undefined || target.closest(FIELDS) === null;
}
