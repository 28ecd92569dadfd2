/** Looks for stop strings in a text that comes in pieces, cut anywhere. */
export interface StopScanner {
  /** What of the text so far is surely before any stop string; `stopped` once one was found, and then the text ends before it. */
  push(text: string): { readonly text: string; readonly stopped: boolean };
  /** What was held back because it could have been the beginning of a stop string. */
  end(): string;
}

export function createStopScanner(stops: readonly string[]): StopScanner {
  let held = '';
  return {
    push(text) {
      const all = held + text;
      const found = firstOf(all, stops);
      if (found !== undefined) {
        held = '';
        return { text: all.slice(0, found), stopped: true };
      }
      const keep = longestStart(all, stops);
      held = all.slice(all.length - keep);
      return { text: all.slice(0, all.length - keep), stopped: false };
    },
    end() {
      const rest = held;
      held = '';
      return rest;
    },
  };
}

function firstOf(text: string, stops: readonly string[]): number | undefined {
  let first: number | undefined;
  for (const stop of stops) {
    const index = text.indexOf(stop);
    if (index !== -1 && (first === undefined || index < first)) first = index;
  }
  return first;
}

/** How many characters at the end of the text are the beginning of one of the strings. */
export function longestStart(text: string, strings: readonly string[]): number {
  let longest = 0;
  for (const string of strings) {
    for (let length = Math.min(string.length - 1, text.length); length > longest; length -= 1) {
      if (text.endsWith(string.slice(0, length))) longest = length;
    }
  }
  return longest;
}
