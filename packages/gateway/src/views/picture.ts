import type { Clock, GpuReading, MemoryView, ModelsView, ModelView } from '@pilotlight/contract';

import type { Deployment } from '../deployments/deployment.ts';
import { canComplete } from '../deployments/load-model.ts';
import type { Candidate } from '../generation/try-all.ts';
import { activeOf, isServing, loadedOf } from '../lifecycle/state.ts';
import type { EngineWatch } from '../observation/watch-engine.ts';
import type { GraphicsWatch } from '../observation/watch-graphics.ts';
import type { MemoryWatch } from '../observation/watch-memory.ts';
import type { PinBoard } from '../memory/pins.ts';
import type { Model, Registry } from '../registry/registry.ts';
import { resolveDefault } from '../routes/candidates.ts';
import type { Settings } from '../settings.ts';
import { toModelView } from './model-view.ts';

/** Everything that there is to see, built from memory on each call. */
export interface Picture {
  models(): ModelsView;
  viewOf(model: Model): ModelView;
  memory(): MemoryView;
  /** All models as the routes choose from them. */
  choices(): readonly Candidate[];
  defaultModel(): string | undefined;
  /** In words, the engines whose models nobody knows, as they never answered. */
  unknownEngines(): readonly string[];
}

export interface PictureSources {
  readonly registry: Registry;
  readonly watches: readonly EngineWatch[];
  readonly memory: MemoryWatch;
  readonly graphics: GraphicsWatch;
  /** Of engines elsewhere. */
  readonly engineViews: () => readonly NonNullable<MemoryView['engines']>[number][];
  readonly settings: Settings;
  readonly pins: PinBoard;
  readonly clock: Clock;
}

/** Whether a request that comes now would wait for its turn. */
function isFull({ state: { lifecycle, queue } }: Deployment): boolean {
  return isServing(lifecycle) && (queue.length > 0 || activeOf(lifecycle).size >= lifecycle.loaded.slots);
}

function toEngines(engines: ReturnType<PictureSources['engineViews']>): Pick<MemoryView, 'engines'> {
  return engines.length === 0 ? {} : { engines: [...engines] };
}

function toGpus({ gpus, unknown }: GpuReading): Pick<MemoryView, 'gpus' | 'gpus_unknown'> {
  return {
    ...(gpus.length > 0 && {
      gpus: gpus.map(({ name, totalBytes, freeBytes, isUnified }) => ({
        name,
        total_bytes: totalBytes,
        free_bytes: freeBytes,
        unified: isUnified,
      })),
    }),
    ...(unknown !== undefined && { gpus_unknown: unknown }),
  };
}

export function createPicture({ registry, watches, memory, graphics, engineViews, settings, pins, clock }: PictureSources): Picture {
  const rankOf = new Map(watches.map(({ engine }, rank) => [engine, rank]));
  const watchOf = new Map(watches.map((watch) => [watch.engine, watch]));

  function choices(): readonly Candidate[] {
    return registry.models.map(({ description, deployment }) => ({
      name: description.name,
      engineRank: rankOf.get(deployment.engine) ?? 0,
      phase: deployment.state.lifecycle.phase,
      isReachable: watchOf.get(deployment.engine)?.away === undefined,
      canComplete: canComplete(description),
      isFull: isFull(deployment),
      isHeld: deployment.breaker.isHeld,
      contextLength: loadedOf(deployment.state.lifecycle)?.contextLength ?? settings.profiles[description.name]?.contextLength,
      description,
      deployment,
    }));
  }
  function defaultModel(): string | undefined {
    return resolveDefault(choices(), settings.defaultModel);
  }
  function view(model: Model, standard: string | undefined): ModelView {
    return toModelView(model, {
      nowMonotonicMs: clock.monotonic(),
      isReachable: watchOf.get(model.deployment.engine)?.away === undefined,
      isDefault: model.description.name === standard,
      isPinned: pins.has(model.description.name),
    });
  }
  function memoryView(): MemoryView {
    const resident = [...registry.deployments].flatMap(({ names, state }) => {
      const loaded = loadedOf(state.lifecycle);
      const bytes = loaded?.memoryBytes ?? (state.lifecycle.phase === 'unknown' ? state.lifecycle.resident?.memoryBytes : undefined);
      const model = loaded?.model ?? names.keys().next().value;
      return bytes === undefined || model === undefined ? [] : [{ model, bytes }];
    });
    return {
      total_bytes: memory.totalBytes,
      free_bytes: memory.freeBytes,
      resident,
      ...toGpus(graphics.reading),
      ...toEngines(engineViews()),
    };
  }

  return {
    models() {
      const standard = defaultModel();
      return {
        models: registry.models.map((model) => view(model, standard)),
        engines: watches.map((watch) => watch.view),
        memory: memoryView(),
        ...(standard !== undefined && { default_model: standard }),
      };
    },
    viewOf: (model) => view(model, defaultModel()),
    memory: memoryView,
    choices,
    defaultModel,
    unknownEngines: () => watches.flatMap((watch) => (watch.isListed || !watch.away ? [] : [watch.away.detail])),
  };
}
