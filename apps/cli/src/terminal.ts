/** The person's end: what is printed, what is typed, and Ctrl-C. */
export interface Terminal {
  /** Standard output: answers and results, nothing else. */
  write(text: string): void;
  /** Standard error: words about what goes on. */
  note(text: string): void;
  /** Whether standard output and standard error go to a person. */
  readonly isInteractive: boolean;
  /** Whether a person can type. */
  readonly canAsk: boolean;
  /** The next line, or undefined at the end of the input. Ctrl-C while asking counts as an interrupt and asks again. */
  ask(prompt: string): Promise<string | undefined>;
  /** All of standard input, for when it is not a terminal. */
  readAll(): Promise<string>;
  /** Calls the listener at each Ctrl-C, until disposed; without a listener Ctrl-C ends the program. */
  onInterrupt(listener: () => void): Disposable;
}

/** A status line that is written over by the next one; silent where nobody watches. */
export interface StatusLine {
  show(text: string): void;
  clear(): void;
}

const CLEAR_LINE = '\r\u001B[2K';

export function createStatusLine(terminal: Terminal): StatusLine {
  let shown = '';
  return {
    show(text) {
      if (!terminal.isInteractive || text === shown) return;
      shown = text;
      terminal.note(`${CLEAR_LINE}${text}`);
    },
    clear() {
      if (shown !== '') terminal.note(CLEAR_LINE);
      shown = '';
    },
  };
}
