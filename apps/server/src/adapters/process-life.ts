/** Calls back for each request to end; a terminal that closes is one too. */
export function onEndRequest(callback: (signal: string) => void): Disposable {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, callback);
  return {
    [Symbol.dispose]() {
      for (const signal of signals) process.off(signal, callback);
    },
  };
}

export interface Uncaught {
  /** An error was thrown where nobody caught it: what it left half done is not known. */
  readonly onThrown: (error: unknown) => void;
  /** A promise failed that nobody waited for. */
  readonly onRejected: (error: unknown) => void;
}

/** Calls back for errors that nobody caught. While this is on, none ends the process by itself. */
export function onUncaught({ onThrown, onRejected }: Uncaught): Disposable {
  process.on('uncaughtException', onThrown);
  process.on('unhandledRejection', onRejected);
  return {
    [Symbol.dispose]() {
      process.off('uncaughtException', onThrown);
      process.off('unhandledRejection', onRejected);
    },
  };
}

/** Ends the process now, whatever is still open. */
export function endProcess(code: number): never {
  process.exit(code);
}

/** Ends the process now although a thread of it may be stuck in a call of the system, for which an ordinary end would wait. */
export function killProcess(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** Writes for the person who started the program. */
export function say(words: string): void {
  process.stdout.write(words);
}

/** The same, of what went wrong. */
export function complain(words: string): void {
  process.stderr.write(words);
}

export function isTerminal(): boolean {
  return process.stderr.isTTY;
}
