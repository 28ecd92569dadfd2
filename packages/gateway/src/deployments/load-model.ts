import { Problem } from '@pilotlight/contract';
import type { Clock, Engine, LaunchProfile, LoadedModel, LoadProgress, ModelDescription } from '@pilotlight/contract';

import { withTimeLimit } from './time-limit.ts';

export interface LoadWork {
  readonly engine: Engine;
  readonly description: ModelDescription;
  readonly profile: LaunchProfile;
  readonly clock: Clock;
  readonly stallMs: number;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
  /** The weights are in memory; one token is tried next. */
  readonly onLoaded: (loaded: LoadedModel) => void;
}

/** For the one token of the warm-up, and for memory to be freed. */
const WARM_LIMIT_MS = 120_000;
const UNLOAD_LIMIT_MS = 60_000;

/** Loads a model and has one token out of it. If it throws, nothing of the model is left in memory. */
export async function loadModel(work: LoadWork): Promise<void> {
  const { engine, description, clock, signal } = work;
  let isInMemory = false;
  try {
    const loaded = await bringIn(work);
    isInMemory = true;
    work.onLoaded(loaded);
    await warm(work);
  } catch (error) {
    // A load that was told to stop may have come to its end in that very moment.
    const mayBeLeft = isInMemory || signal.aborted || (error instanceof Problem && error.code === 'load_stalled');
    // What cannot be unloaded now is seen by the next look at the engine; the cause of the failure matters more.
    if (mayBeLeft) await unloadModel({ engine, model: description.name, clock }).catch(() => {});
    throw error;
  }
}

function bringIn({ engine, description, profile, clock, stallMs, signal, onProgress }: LoadWork): Promise<LoadedModel> {
  const reason = () => new Problem('load_stalled', `loading ${description.name} made no progress for ${toSeconds(stallMs)}`);
  return withTimeLimit({ clock, limitMs: stallMs, signal, reason }, (limited) =>
    engine.load(description.name, {
      profile,
      signal: limited.signal,
      onProgress: (progress) => {
        limited.renew();
        onProgress(progress);
      },
    }),
  );
}

async function warm({ engine, description, profile, clock, signal }: LoadWork): Promise<void> {
  const reason = () => new Problem('first_token_timeout', `no token came within ${toSeconds(WARM_LIMIT_MS)} after the load`);
  await withTimeLimit({ clock, limitMs: WARM_LIMIT_MS, signal, reason }, async (limited) => {
    if (!canComplete(description)) return void (await engine.embed(description.name, ['hi'], limited.signal));
    const request = { model: description.name, messages: [{ role: 'user', content: 'hi' }], options: { max_tokens: 1 }, profile } as const;
    // To its own end: it is one token, and an engine that is left in the middle may take longer to be free again.
    for await (const part of engine.stream(request, limited.signal)) if (part.type !== 'reading') limited.renew();
  });
}

/** Whether it can chat; a model of which nothing is known is taken to. */
export function canComplete({ capabilities }: Pick<ModelDescription, 'capabilities'>): boolean {
  return capabilities.length === 0 || capabilities.includes('completion');
}

export interface UnloadWork {
  readonly engine: Engine;
  readonly model: string;
  readonly clock: Clock;
}

/** Frees the model's memory. */
export async function unloadModel({ engine, model, clock }: UnloadWork): Promise<void> {
  const reason = () => new Problem('engine_error', `${model} did not leave memory within ${toSeconds(UNLOAD_LIMIT_MS)}`);
  await withTimeLimit({ clock, limitMs: UNLOAD_LIMIT_MS, reason }, ({ signal }) => engine.unload(model, signal));
}

function toSeconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`;
}
