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

/** Calls back for an error that nobody caught. While this is on, none ends the process. */
export function onUncaught(callback: (error: unknown) => void): Disposable {
  process.on('uncaughtException', callback);
  process.on('unhandledRejection', callback);
  return {
    [Symbol.dispose]() {
      process.off('uncaughtException', callback);
      process.off('unhandledRejection', callback);
    },
  };
}

/** Ends the process now, whatever is still open. */
export function endProcess(code: number): never {
  process.exit(code);
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
