import { fork } from 'node:child_process';
import { once } from 'node:events';

import type { Measurement, Workload } from './workload.ts';

/** Measures node-llama-cpp alone, in a fresh process with the same thread settings as the engine's child. */
export async function measureBaseline(workload: Workload): Promise<Measurement> {
  const child = fork(new URL('baseline.ts', import.meta.url), [JSON.stringify(workload)], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '1' },
  });
  const result = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => undefined)]);
  if (result === undefined) throw new Error('the baseline ended without a result');
  return result[0] as Measurement;
}
