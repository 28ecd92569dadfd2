import { Problem } from '@pilotlight/contract';
import type { AnswerPlace, GenerateRequest, Message, ModelView } from '@pilotlight/contract';

import { createRetryBudget } from './attempts/retry-budget.ts';
import { ensureReady } from './generation/ensure-ready.ts';
import { generate } from './generation/generate.ts';
import type { Candidate } from './generation/try-all.ts';
import { createHouse } from './house.ts';
import type { House } from './house.ts';
import type { GatewayOptions, RunningGateway } from './options.ts';
import { isServing } from './lifecycle/state.ts';
import { createLiveSettings } from './preferences/live-settings.ts';
import { createPreferences } from './preferences/create-preferences.ts';
import { findCandidates, isFree } from './routes/candidates.ts';
import type { Candidates } from './routes/candidates.ts';
import { toDemand } from './routes/demand.ts';
import { withDefaults } from './settings.ts';
import type { Settings } from './settings.ts';
import { createUnaskedLoads } from './unasked-loads.ts';
import type { UnaskedLoads } from './unasked-loads.ts';
import { toModelPlan } from './views/model-plan.ts';

/** How long the start waits for engines that do not answer. */
const FIRST_LOOK_MS = 3_000;

/** Starts the gateway over these engines. It looks at them at once, and loads nothing unless the settings say so. */
export function createGateway(options: GatewayOptions): RunningGateway {
  const { clock, randomness, log } = options;
  const live = createLiveSettings(withDefaults(options.settings));
  const { settings } = live;
  const house = createHouse({ ...options, settings });
  const { picture, gate, notifier, suspect } = house;
  const running = new Set<AbortController>();
  const context = { clock, randomness, settings, log, running, suspect, tryInPlace: house.wedges.tryInPlace, loadAhead: gate.ahead };
  const sources = { findCandidates: find, bringIn: (to: Candidate) => loads.bringIn(to) };
  let looking: Promise<void> | undefined;
  const generating = { ...context, ...sources, budget: createRetryBudget(), firstLook: () => looking };
  let ending: Promise<void> | undefined;

  function find(question: Question): Candidates<Candidate> {
    if (ending) throw toShutdown();
    return choose(house, settings, question);
  }

  /** The deployment that a request for this name would go to, whatever it can do. */
  function named(name: string): Candidate {
    const choices = picture.choices().map((choice) => ({ ...choice, canComplete: true }));
    return find({ task: 'chat', model: name, choices }).candidates[0];
  }
  /** Where a request of this task would be sent first. */
  const first = (task: string, model?: string): Candidate => find({ task, ...(model !== undefined && { model }) }).candidates[0];
  /** Who would answer, also where it is no chat. */
  function findForTask(task: string): Candidates<Candidate> {
    if (task !== 'embedding') return find({ task });
    return find({ task, choices: picture.choices().map((choice) => ({ ...choice, canComplete: true })) });
  }
  const loads = createUnaskedLoads({ house, settings, clock, named, isOver: () => ending !== undefined });

  const started = start(house, options, loads);
  looking = started.finally(() => (looking = undefined));

  return {
    started,
    models: () => picture.models(),
    model: (name) => viewOrNothing(house, () => named(name)),
    modelFor: (task, model) => viewOrNothing(house, () => first(task, model)),
    placeFor: (task, model) => placeOrNothing(() => first(task, model)),
    whyNotFormat: ({ task, model, format }) => candidateOrNothing(() => first(task, model))?.deployment.engine.whyNotFormat?.(format),
    load(name) {
      const candidate = named(name);
      const wish = { model: candidate.name, by: 'a request to load it', insists: true } as const;
      candidate.deployment.dispatch({ type: 'want', wish, insists: true });
      return picture.viewOf(candidate);
    },
    plan: (name, change) => toModelPlan({ candidate: named(name), ledger: house.ledger, nowMs: clock.monotonic(), change }),
    countTokens: (name, messages, signal) => countTokens(() => named(name), messages, signal),
    async ensureReady(name, signal, onPhase) {
      const candidate = named(name);
      const { deployment, name: model } = candidate;
      await ensureReady({ deployment, model, clock, signal, onPhase, loadAhead: () => gate.ahead(deployment.engine.id) });
      return picture.viewOf(candidate);
    },
    unload(name) {
      const candidate = named(name);
      candidate.deployment.dispatch({ type: 'unload-asked', reason: 'somebody asked for it' });
      return picture.viewOf(candidate);
    },
    async setPinned(name, isPinned) {
      const candidate = named(name);
      await house.pins.set(candidate.name, isPinned);
      house.announce(candidate.deployment);
      return picture.viewOf(candidate);
    },
    preferences: createPreferences({ live, find: findForTask, named, defaultModel: () => picture.defaultModel(), notify: house.announce }),
    generate: (request, signal) => generate(generating, request, signal),
    subscribe: (listener) => notifier.subscribe(listener),
    [Symbol.asyncDispose]() {
      ending ??= end(house, options, running);
      return ending;
    },
  };
}

interface Question extends Partial<Omit<GenerateRequest, 'task' | 'model'>> {
  readonly task: string;
  readonly model?: string;
  readonly choices?: readonly Candidate[];
}

function choose({ picture }: House, settings: Settings, question: Question): Candidates<Candidate> {
  const { task, model, choices } = question;
  const { routes, defaultModel, defaultModelIsChosen } = settings;
  const unknownEngines = picture.unknownEngines();
  return findCandidates({
    task,
    model,
    routes,
    defaultModel,
    defaultModelIsChosen,
    unknownEngines,
    choices: choices ?? picture.choices(),
    demand: toDemand(question),
  });
}

function viewOrNothing({ picture }: House, find: () => Candidate): ModelView | undefined {
  const candidate = candidateOrNothing(find);
  return candidate && picture.viewOf(candidate);
}

function placeOrNothing(find: () => Candidate): AnswerPlace | undefined {
  const candidate = candidateOrNothing(find);
  return candidate && { model: candidate.name, isFree: isFree(candidate, false) };
}

function candidateOrNothing(find: () => Candidate): Candidate | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof Problem) return undefined;
    throw error;
  }
}

/** Exact or nothing: a gauge must not make a model be loaded, nor fail where it only could have been better. */
async function countTokens(find: () => Candidate, messages: readonly Message[], signal: AbortSignal): Promise<number | undefined> {
  try {
    const { deployment, description } = find();
    if (!isServing(deployment.state.lifecycle)) return undefined;
    return await deployment.engine.countTokens(description.name, messages, signal);
  } catch {
    return undefined;
  }
}

/** The first look at all engines, which those that do not answer cannot hold up. */
async function start(house: House, { clock }: GatewayOptions, { warm, loadPinned }: UnaskedLoads): Promise<void> {
  const stored = house.readStore();
  const limit = Promise.withResolvers<void>();
  using _timer = clock.after(FIRST_LOOK_MS, limit.resolve);
  await Promise.race([house.look(), limit.promise]);
  // What is pinned comes before what is only the default; the store is not waited for, as it may be gone.
  const isStored = await Promise.race([stored.then(() => true), Promise.resolve(false)]);
  if (isStored) loadPinned();
  else void stored.then(loadPinned);
  warm();
}

async function end(house: House, { engines, log }: GatewayOptions, running: ReadonlySet<AbortController>): Promise<void> {
  for (const controller of [...running]) controller.abort(toShutdown());
  house[Symbol.dispose]();
  await Promise.all(
    engines.map(async (engine) => {
      try {
        await engine[Symbol.asyncDispose]();
      } catch (error) {
        log({ level: 'error', name: 'fault', engine: engine.id, doing: 'end', cause: error });
      }
    }),
  );
}

function toShutdown(): Problem {
  return new Problem('shutting_down', 'the server is shutting down');
}
