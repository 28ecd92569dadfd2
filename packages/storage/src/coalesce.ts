/**
 * Runs one piece of work at a time for all who ask for it. Whoever asks while it runs gets the next run, which all share who ask until that begins: so
 * each run that one waits for has begun after the question.
 */
export function coalesce(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;

  async function run(): Promise<void> {
    next = undefined;
    running = work();
    try {
      await running;
    } finally {
      running = undefined;
    }
  }
  return () => {
    if (running === undefined && next === undefined) return run();
    next ??= (running ?? Promise.resolve()).then(run, run);
    return next;
  };
}
