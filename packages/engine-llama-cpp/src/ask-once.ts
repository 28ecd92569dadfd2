import { EngineError } from '@pilotlight/contract';

import type { ModelProcess, RequestEvent } from './model-process.ts';

type Question = Extract<Parameters<ModelProcess['request']>[0], { readonly type: 'embed' | 'count' }>;
type Answer = Extract<RequestEvent, { readonly type: 'vectors' | 'counted' }>;

/** Asks the child for something with one answer. Rejects with `EngineError`, or at once with the signal's reason. */
export async function askOnce(process: ModelProcess, question: Question, signal?: AbortSignal): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const abort = (): void => reject(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  using _request = process.request(question, (event) => {
    if (event.type === 'vectors' || event.type === 'counted') resolve(event);
    else if (event.type === 'refused') reject(new EngineError(event.failure, event.reason));
    else if (event.type === 'lost') reject(new EngineError('died', event.loss.reason));
    else if (event.type === 'cancelled') reject(new EngineError('failed', 'The request was given up.'));
  });
  try {
    return await promise;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}
