import type { Engine, ModelDescription } from '@pilotlight/contract';

import type { Deployment } from '../deployments/deployment.ts';
import type { Listing, Residency } from '../observation/watch-engine.ts';
import type { Cause } from '../lifecycle/state.ts';

/** A model as people see it: one name on one engine, standing for a deployment that it may share with other names. */
export interface Model {
  readonly description: ModelDescription;
  readonly deployment: Deployment;
}

/** All models and their deployments. Names come and go with the engines' lists; a deployment ends when it has no name and nothing of it is in use. */
export interface Registry {
  /** In the order of the engines, then as each engine lists them. */
  readonly models: readonly Model[];
  readonly deployments: Iterable<Deployment>;
  takeListing(engine: Engine, listing: Listing): void;
  takeResidency(engine: Engine, residency: Residency): void;
  takeAway(engine: Engine, cause: Cause): void;
  /** The deployment of this name on this engine. */
  find(engine: Engine, name: string): Deployment | undefined;
}

export interface RegistryOptions {
  readonly engines: readonly Engine[];
  readonly create: (key: string, engine: Engine) => Deployment;
  readonly onRemoved: (name: string, engine: Engine) => void;
  /** Names of this deployment came, or what they say changed. */
  readonly onDescribed: (deployment: Deployment) => void;
  /** How the engine is called in sentences. */
  readonly nameOf: (engine: Engine) => string;
}

export function createRegistry(options: RegistryOptions): Registry {
  const deployments = new Map<string, Deployment>();
  let models: readonly Model[] | undefined;

  function of(engine: Engine): Deployment[] {
    return [...deployments.values()].filter((deployment) => deployment.engine === engine);
  }

  function ensure(engine: Engine, weightsKey: string): Deployment {
    const key = `${engine.id} ${weightsKey}`;
    const known = deployments.get(key);
    if (known) return known;
    const created = options.create(key, engine);
    deployments.set(key, created);
    return created;
  }

  /** Puts the names of one deployment in place. */
  function describe(deployment: Deployment, descriptions: readonly ModelDescription[]): void {
    const before = [...deployment.names.values()];
    deployment.names.clear();
    for (const description of descriptions) deployment.names.set(description.name, description);
    models = undefined;
    const defect = descriptions.find((description) => description.defect !== undefined)?.defect;
    if (defect !== undefined) deployment.dispatch({ type: 'defect-found', detail: defect });
    if (JSON.stringify(before) === JSON.stringify(descriptions)) return;
    deployment.continuations.forget();
    options.onDescribed(deployment);
  }

  function takeListing(engine: Engine, { models: listed, askedAt }: Listing): void {
    const namesBefore = of(engine).flatMap((deployment) => [...deployment.names.keys()]);
    const byKey = Map.groupBy(listed, (description) => description.weightsKey);
    for (const [weightsKey, descriptions] of byKey) describe(ensure(engine, weightsKey), descriptions);
    const present = new Set([...byKey.keys()].map((weightsKey) => ensure(engine, weightsKey)));
    for (const deployment of of(engine)) {
      if (present.has(deployment)) continue;
      deployment.names.clear();
      models = undefined;
      deployment.dispatch({ type: 'seen-absent', askedAt, engine: options.nameOf(engine) });
      if (deployment.state.lifecycle.phase !== 'absent') continue;
      deployments.delete(deployment.key);
      deployment[Symbol.dispose]();
    }
    const names = new Set(listed.map(({ name }) => name));
    for (const name of namesBefore) if (!names.has(name)) options.onRemoved(name, engine);
  }

  function takeResidency(engine: Engine, residency: Residency): void {
    for (const deployment of of(engine)) report(deployment, residency, options.nameOf(engine));
  }

  return {
    get models() {
      models ??= options.engines.flatMap((engine) => of(engine).flatMap(toModels));
      return models;
    },
    get deployments() {
      return deployments.values();
    },
    takeListing,
    takeResidency,
    takeAway(engine, cause) {
      for (const deployment of of(engine)) deployment.dispatch({ type: 'engine-away', cause });
    },
    find: (engine, name) => of(engine).find((deployment) => deployment.names.has(name)),
  };
}

function toModels(deployment: Deployment): readonly Model[] {
  return [...deployment.names.values()].map((description) => ({ description, deployment }));
}

/** Tells a deployment whether the engine has it in memory, under whichever of its names. */
function report(deployment: Deployment, { residents, askedAt }: Residency, engine: string): void {
  const names = [...deployment.names.values()];
  if (names.length === 0 || names.some(({ defect }) => defect !== undefined)) return;
  const resident = residents.find(({ name }) => deployment.names.has(name));
  if (resident) {
    const { memoryBytes, gpuBytes, contextLength } = resident;
    deployment.dispatch({ type: 'seen-resident', askedAt, engine, memoryBytes, gpuBytes, contextLength });
  } else if (deployment.engine.reportsResidency) deployment.dispatch({ type: 'seen-cold', askedAt, engine });
  else deployment.dispatch({ type: 'seen-listed', askedAt });
}
