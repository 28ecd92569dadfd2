import { EngineError } from '@pilotlight/contract';
import type { Engine } from '@pilotlight/contract';

import { toCause, toProblem } from './attempts/problem-of-failure.ts';
import { createDeployment } from './deployments/deployment.ts';
import type { Deployment } from './deployments/deployment.ts';
import type { LoadGate } from './deployments/load-gate.ts';
import { sum } from './memory/holding.ts';
import { createLearnedBook } from './estimates/learned-book.ts';
import type { Ledger } from './memory/ledger.ts';
import type { EngineMemory } from './memory/engine-memory.ts';
import { createAccounts } from './memory/create-accounts.ts';
import { createPinBoard } from './memory/pins.ts';
import type { PinBoard } from './memory/pins.ts';
import { toEngineName } from './observation/engine-words.ts';
import { watchEngine } from './observation/watch-engine.ts';
import type { EngineWatch } from './observation/watch-engine.ts';
import { watchWedges } from './observation/watch-wedges.ts';
import type { WedgeWatch } from './observation/watch-wedges.ts';
import type { GraphicsWatch } from './observation/watch-graphics.ts';
import type { MemoryWatch } from './observation/watch-memory.ts';
import type { GatewayOptions } from './options.ts';
import { createRegistry } from './registry/registry.ts';
import type { Registry } from './registry/registry.ts';
import type { Settings } from './settings.ts';
import { createNotifier } from './views/notifier.ts';
import type { Notifier } from './views/notifier.ts';
import { createPicture } from './views/picture.ts';
import type { Picture, PictureSources } from './views/picture.ts';

/** Everything that lives as long as the gateway, wired: engines are watched, what they show goes to the deployments, what changes goes to subscribers. */
export interface House extends Disposable {
  readonly registry: Registry;
  readonly watches: readonly EngineWatch[];
  readonly memory: MemoryWatch;
  readonly graphics: GraphicsWatch;
  readonly gate: LoadGate;
  readonly ledger: Ledger;
  readonly pins: PinBoard;
  readonly notifier: Notifier;
  readonly wedges: WedgeWatch;
  readonly picture: Picture;
  /** Says anew what there is to see of it, and looks whether a load can be let in. */
  readonly announce: (deployment: Deployment) => void;
  /** Takes what the store has of pins and figures. Never rejects. */
  readStore(): Promise<void>;
  /** Looks at everything once. */
  look(): Promise<void>;
  /** The engine may have gone: look at it now. */
  readonly suspect: (engine: string) => void;
}

export type HouseOptions = Omit<GatewayOptions, 'settings'> & { readonly settings: Settings };

export function createHouse(options: HouseOptions): House {
  const { engines, clock, settings, log, store } = options;
  const notifier = createNotifier(clock, (cause) => log({ level: 'error', name: 'fault', doing: 'subscriber', cause }));
  const pins = createPinBoard({ ofSettings: settings.pinned, store, log });
  const book = createLearnedBook({ store, clock, log });
  const accounts = createAccounts({
    ...options,
    pins,
    book,
    deployments: () => registry.deployments,
    identityOf: (id) => watches.find(({ engine }) => engine.id === id)?.view,
    onChange: () => news.ofMemory(),
  });
  const subscriptions = new DisposableStack();
  const wedges = watchWedges(options);

  const registry = createRegistry({
    engines,
    nameOf: (engine) => toEngineName(engine, { address: watchOf(engine).view.address }),
    create: (key, engine) =>
      createDeployment({
        ...options,
        key,
        engine,
        ...accounts,
        placesLeft,
        suspect: () => void watchOf(engine).look(),
        onChange: (deployment, phaseChanged) => news.of(deployment, phaseChanged),
      }),
    onRemoved: (name, engine) =>
      notifier.notify(`model ${engine.id} ${name}`, true, () => ({ type: 'model_removed', name, engine: engine.id })),
    onDescribed: (deployment) => news.of(deployment, true),
  });
  const watches = engines.map((engine) =>
    follow(engine, { clock, log, registry, wedges, elsewhere: accounts.elsewhere, onStatus: () => news.ofEngine(watchOf(engine)) }),
  );
  const engineViews = (): ReturnType<PictureSources['engineViews']> => accounts.ledger.engineViews(engines);
  const picture = createPicture({ ...accounts, registry, watches, engineViews, settings, pins, clock });
  const news = createNews({ ...accounts, notifier, picture, wedges, registry });

  function watchOf(engine: Engine): EngineWatch {
    const watch = watches.find((candidate) => candidate.engine === engine);
    if (!watch) throw new Error(`no watch for ${engine.id}`);
    return watch;
  }
  function placesLeft(): number {
    return settings.maxWaitingInAll - sum([...registry.deployments], ({ state }) => state.queue.length);
  }
  for (const engine of engines) subscriptions.use(listen(engine, { registry, look: () => void watchOf(engine).look() }));

  return {
    registry,
    watches,
    ...accounts,
    pins,
    notifier,
    wedges,
    picture,
    announce: (deployment) => news.of(deployment, true),
    readStore: async () => void (await Promise.all([pins.read(), book.read()])),
    look: async () => void (await Promise.all([accounts.look(), ...watches.map((watch) => watch.look())])),
    suspect: (id) => void watches.find(({ engine }) => engine.id === id)?.look(),
    [Symbol.dispose]() {
      subscriptions.dispose();
      wedges[Symbol.dispose]();
      for (const watch of watches) watch[Symbol.dispose]();
      accounts[Symbol.dispose]();
      book[Symbol.dispose]();
      for (const deployment of registry.deployments) deployment[Symbol.dispose]();
      notifier[Symbol.dispose]();
    },
  };
}

interface Following {
  readonly clock: GatewayOptions['clock'];
  readonly log: GatewayOptions['log'];
  readonly registry: Registry;
  readonly wedges: WedgeWatch;
  readonly elsewhere: EngineMemory;
  readonly onStatus: () => void;
}

/** What is seen of an engine goes to its deployments. */
function follow(engine: Engine, { clock, log, registry, wedges, elsewhere, onStatus }: Following): EngineWatch {
  return watchEngine({
    engine,
    clock,
    log,
    onStatus,
    onAway: (cause) => registry.takeAway(engine, cause),
    onListing: (listing) => registry.takeListing(engine, listing),
    onResidency(residency) {
      elsewhere.see(engine, residency);
      registry.takeResidency(engine, residency);
    },
    onBlind: () => {
      for (const deployment of registry.deployments) if (deployment.engine === engine) wedges.suspect(deployment);
    },
  });
}

interface NewsSources {
  readonly notifier: Notifier;
  readonly picture: Picture;
  readonly gate: LoadGate;
  readonly graphics: GraphicsWatch;
  readonly wedges: WedgeWatch;
  readonly registry: Registry;
}

interface News {
  readonly of: (deployment: Deployment, phaseChanged: boolean) => void;
  readonly ofMemory: () => void;
  readonly ofEngine: (watch: EngineWatch) => void;
}

/** Who hears of what: subscribers of all of it, the gate of memory, and the watch over wedges of phases. */
function createNews({ notifier, picture, gate, graphics, wedges, registry }: NewsSources): News {
  function ofMemory(): void {
    notifier.notify('memory', false, () => ({ type: 'memory', memory: picture.memory() }));
    gate.review();
  }
  function of(deployment: Deployment, phaseChanged: boolean): void {
    for (const name of deployment.names.keys()) {
      notifier.notify(`model ${deployment.engine.id} ${name}`, phaseChanged, () => {
        const description = deployment.names.get(name);
        return description && { type: 'model', model: picture.viewOf({ description, deployment }) };
      });
    }
    if (!phaseChanged) return;
    graphics.noteMove();
    ofMemory();
    wedges.review(deployment);
  }
  return {
    of,
    ofMemory,
    ofEngine(watch) {
      notifier.notify(`engine ${watch.engine.id}`, true, () => ({ type: 'engine', engine: watch.view }));
      // Whether its models can be had is part of each of their views.
      for (const deployment of registry.deployments) if (deployment.engine === watch.engine) of(deployment, true);
    },
  };
}

/** Takes the news that an engine brings unasked. */
function listen(engine: Engine, { registry, look }: { readonly registry: Registry; readonly look: () => void }): Disposable {
  return engine.subscribe((event) => {
    if (event.type === 'models-changed') return look();
    const problem = toProblem(new EngineError(event.failure, event.reason), 'answer');
    registry.find(engine, event.model)?.dispatch({ type: 'model-lost', cause: toCause(problem) });
  });
}
