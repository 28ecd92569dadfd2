/** What of a request's options belongs to the runner: a difference in one of them loads the model again. */
export interface RunnerOptions {
  readonly num_ctx?: number;
  readonly num_batch?: number;
  readonly num_thread?: number;
  readonly num_gpu?: number;
}

const NAMES = ['num_ctx', 'num_batch', 'num_thread', 'num_gpu'] as const;

export function toRunnerOptions(options: unknown): RunnerOptions {
  if (typeof options !== 'object' || options === null) return {};
  const given = options as Readonly<Record<string, unknown>>;
  return Object.fromEntries(NAMES.flatMap((name) => (typeof given[name] === 'number' ? [[name, given[name]]] : [])));
}

/** Whether a runner with these options must be loaded again for a request with those. No context after an explicit one is a difference too. */
export function needsReload(current: RunnerOptions, wanted: RunnerOptions): boolean {
  return NAMES.some((name) => (name === 'num_gpu' && wanted.num_gpu === undefined ? false : current[name] !== wanted[name]));
}
