/** One key, or keys pressed together, and what comes of it. */
export interface KeyRow {
  readonly keys: string;
  readonly does: string;
}

/** All keys of the page, as the list of them says it. */
export const KEYS: readonly KeyRow[] = [
  { keys: 'Enter', does: 'send the message' },
  { keys: 'Shift Enter', does: 'begin a new line' },
  { keys: '↑', does: 'edit the last question, in an empty message field' },
  { keys: 'Esc', does: 'stop the answer, from the message field; close what is open' },
  { keys: 'Ctrl K', does: 'search the chats, and go to a model or an action' },
  { keys: 'Ctrl Shift O', does: 'begin a new chat' },
  { keys: 'Ctrl Z', does: 'bring back the chat that was deleted last, outside a field' },
  { keys: '?', does: 'show these keys, outside a field' },
];
