import { appendFileSync } from 'node:fs';

/** What a client of the crash loop saw and did, one JSON object a line. The checker reads these lines and the database, and nothing else. */
export type TranscriptEvent =
  /** About to ask. `tokens`: how many words a whole answer has, where that is known. */
  | {
      readonly type: 'asked';
      readonly kind: 'post';
      readonly message: string;
      readonly conversation: string;
      readonly text: string;
      /** Absent: the end of the conversation. */
      readonly parent?: string | null;
      readonly tokens?: number;
    }
  | { readonly type: 'asked'; readonly kind: 'regenerate'; readonly generation: string; readonly conversation: string; readonly of: string }
  | {
      readonly type: 'acknowledged';
      readonly kind: 'post' | 'regenerate';
      readonly message: string;
      readonly conversation: string;
      readonly answer: string;
      readonly generation: string;
    }
  /** A part as it came, by the reader to whom it came. */
  | { readonly type: 'shown'; readonly reader: string; readonly generation: string; readonly offset: number; readonly part: unknown }
  /** The stream ended by itself. */
  | { readonly type: 'stream-ended'; readonly reader: string; readonly generation: string }
  | { readonly type: 'stop-acknowledged'; readonly generation: string }
  /** What no client of this loop ever gives a reason for. */
  | { readonly type: 'refused'; readonly request: string; readonly status: number; readonly body: string };

export interface Transcript {
  readonly file: string;
  add(event: TranscriptEvent): void;
  /** Puts on the disk what was added. */
  flush(): void;
}

/** Writes the events of one client to a file. `onEvent` hears of each as it happens. */
export function createTranscript(file: string, onEvent: (event: TranscriptEvent) => void): Transcript {
  let lines: string[] = [];
  return {
    file,
    add(event) {
      lines.push(JSON.stringify(event));
      onEvent(event);
    },
    flush() {
      appendFileSync(file, lines.map((line) => `${line}\n`).join(''));
      lines = [];
    },
  };
}
