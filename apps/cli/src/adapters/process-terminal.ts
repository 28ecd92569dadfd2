import { createInterface } from 'node:readline/promises';
import { text as readText } from 'node:stream/consumers';

import type { Terminal } from '../terminal.ts';

/** The terminal of this process. */
export function createProcessTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  const listeners = new Set<() => void>();
  const notify = (): void => {
    for (const listener of listeners) listener();
  };
  // A reader of our output that leaves, such as `head`, is no error.
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

  async function ask(prompt: string): Promise<string | undefined> {
    const reader = createInterface({ input: stdin, output: stderr });
    const closed = new AbortController();
    reader.once('close', () => closed.abort());
    reader.on('SIGINT', notify);
    try {
      return await reader.question(prompt, { signal: closed.signal });
    } catch {
      return undefined;
    } finally {
      reader.close();
    }
  }

  return {
    write: (text) => void stdout.write(text),
    note: (text) => void stderr.write(text),
    isInteractive: stdout.isTTY && stderr.isTTY,
    canAsk: stdin.isTTY,
    ask,
    readAll: () => readText(stdin),
    onInterrupt(listener) {
      if (listeners.size === 0) process.on('SIGINT', notify);
      listeners.add(listener);
      return {
        [Symbol.dispose]: () => {
          listeners.delete(listener);
          if (listeners.size === 0) process.off('SIGINT', notify);
        },
      };
    },
  };
}
