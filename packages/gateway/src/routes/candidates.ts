import { Problem, withTag } from '@pilotlight/contract';
import type { Phase } from '@pilotlight/contract';

import type { Route } from '../settings.ts';
import { nearNames } from './near-names.ts';
import { NO_DEMAND, screen } from './screen.ts';
import type { Demand, Screened, Screening } from './screen.ts';

/** One model on one engine, as far as choosing needs it. */
export interface Choice {
  readonly name: string;
  /** Place of its engine in the order of preference. */
  readonly engineRank: number;
  readonly phase: Phase;
  readonly isReachable: boolean;
  readonly canComplete: boolean;
  /** All its places are taken, or others wait for them. */
  readonly isFull?: boolean;
  /** It kept failing, and others are tried instead. */
  readonly isHeld?: boolean;
  readonly description?: Screened['description'];
  readonly contextLength?: number | undefined;
}

export interface RouteQuestion<C extends Choice> {
  readonly task: string;
  readonly model: string | undefined;
  readonly choices: readonly C[];
  readonly routes: Readonly<Record<string, Route>>;
  readonly defaultModel: string;
  /** Whether a person chose it; only then is another in its place a fallback. */
  readonly defaultModelIsChosen: boolean;
  /** Engines whose models are not known, as they never answered: in words, for those who ask for a model of theirs. */
  readonly unknownEngines: readonly string[];
  /** What the request needs; absent: nothing in particular. */
  readonly demand?: Demand;
}

export interface Candidates<C extends Choice> {
  /** In the order in which to try them, never empty. */
  readonly candidates: readonly [C, ...C[]];
  /** The name that was meant first, and why the candidates begin with another, if they do. */
  readonly first: string;
  readonly skipped: readonly string[];
  /** Those of the route that cannot do what is needed. */
  readonly unfit?: Screening<C>['unfit'];
}

export const BUILT_IN_MODEL = 'pilot:latest';

/**
 * The deployments to try for a request, in order. A model that was named is never replaced by another; a task's route goes on to its next model.
 * Throws the `Problem` for which there is none.
 */
export function findCandidates<C extends Choice>(question: RouteQuestion<C>): Candidates<C> {
  return question.model === undefined ? candidatesOfTask(question) : candidatesOfName(question, withTag(question.model));
}

/** The model of all tasks without a route: the configured one where some engine has it, else the built-in one, else any that can chat. */
export function resolveDefault(choices: readonly Choice[], configured: string): string | undefined {
  const has = (name: string): boolean => choices.some((choice) => choice.name === name);
  const wanted = withTag(configured);
  if (has(wanted)) return wanted;
  if (has(BUILT_IN_MODEL)) return BUILT_IN_MODEL;
  return choices.filter(({ canComplete }) => canComplete).toSorted(byPreference)[0]?.name;
}

function candidatesOfName<C extends Choice>(question: RouteQuestion<C>, name: string): Candidates<C> {
  const found = question.choices.filter((choice) => choice.name === name).toSorted(byPreference);
  if (found.length === 0) throw toNotFound(question, name);
  const [first, ...others] = found.filter(({ canComplete }) => canComplete);
  if (!first) throw new Problem('not_supported', `${name} makes embeddings and cannot chat`);
  // Its context may be too short: a model that was named is never replaced, and what does not fit is said by it.
  screen([first, ...others], { ...(question.demand ?? NO_DEMAND), contextTokens: 0 });
  return { candidates: [first, ...others], first: name, skipped: [] };
}

function candidatesOfTask<C extends Choice>(question: RouteQuestion<C>): Candidates<C> {
  const { choices, task } = question;
  const names = namesOf(question);
  const skipped: string[] = [];
  const found: C[] = [];
  for (const name of names) {
    const those = choices.filter((choice) => choice.name === name && choice.canComplete).toSorted(byPreference);
    if (those.length === 0) skipped.push(`${name} is on no engine`);
    found.push(...those);
  }
  const lastResort = Object.hasOwn(question.routes, task) || names[0] === BUILT_IN_MODEL ? undefined : BUILT_IN_MODEL;
  const { fit, unfit } = screen(found, question.demand ?? NO_DEMAND, lastResort);
  skipped.push(...unfit.map(({ candidate, reason }) => `${candidate.name} ${reason}`));
  const [first, ...others] = fit;
  if (first) return { candidates: [first, ...others], first: names[0] ?? first.name, skipped, unfit };
  const words = names.length === 0 ? 'no engine has a model that can chat' : `the route of ${task} has no model: ${skipped.join(', ')}`;
  throw new Problem('no_model', [words, ...question.unknownEngines].join('; '));
}

function namesOf({ task, routes, choices, defaultModel, defaultModelIsChosen }: RouteQuestion<Choice>): readonly string[] {
  const route = Object.hasOwn(routes, task) ? routes[task] : undefined;
  if (route) return [...new Set([...route.models, ...(route.fallback ?? [])].map(withTag))];
  const resolved = resolveDefault(choices, defaultModel);
  const chosen = defaultModelIsChosen ? [withTag(defaultModel)] : [];
  return resolved === undefined ? chosen : [...new Set([...chosen, resolved, BUILT_IN_MODEL])];
}

/**
 * First what answers at once, then what is on its way or has others before it, then what must be loaded, then what kept failing, last what cannot be
 * reached; of equals the preferred engine.
 */
function byPreference(a: Choice, b: Choice): number {
  return standing(a) - standing(b) || a.engineRank - b.engineRank;
}

const STANDING: Record<Phase, number> = {
  ready: 0,
  busy: 0,
  warming: 1,
  loading: 1,
  queued: 1,
  cold: 2,
  unknown: 2,
  draining: 2,
  unloading: 2,
  downloading: 3,
  failed: 3,
  wedged: 3,
  absent: 3,
};

function standing({ phase, isReachable, isFull = false, isHeld = false }: Choice): number {
  if (!isReachable && phase !== 'busy') return 5;
  if (isHeld) return 4;
  return STANDING[phase] === 0 && isFull ? 1 : STANDING[phase];
}

/** Why this one comes before another that is preferred to it, in words; undefined where none is. */
export function toPreferenceWords<C extends Choice>(chosen: C, choices: readonly C[], engineOf: (choice: C) => string): string | undefined {
  const [preferred] = choices
    .filter(({ name, engineRank, canComplete }) => name === chosen.name && canComplete && engineRank < chosen.engineRank)
    .toSorted((a, b) => a.engineRank - b.engineRank);
  if (!preferred || standing(preferred) <= standing(chosen)) return undefined;
  const engine = engineOf(preferred);
  if (!preferred.isReachable) return `${engine} is away`;
  if (preferred.isHeld === true) return `${engine} kept failing`;
  if (preferred.isFull === true && standing(preferred) === 1) return `${engine} has others before it`;
  return standing(chosen) === 0 ? `in memory here, and not at ${engine}` : `${engine}: ${preferred.phase}`;
}

/** Whether it would take a request at once, or, where that helps too, after a load. */
export function isFree(choice: Choice, afterLoad: boolean): boolean {
  return standing(choice) === 0 || (afterLoad && standing(choice) === 2);
}

function isUsable({ phase, isReachable, canComplete }: Choice): boolean {
  return canComplete && isReachable && phase !== 'absent' && phase !== 'failed' && phase !== 'wedged';
}

function toNotFound({ choices, unknownEngines }: RouteQuestion<Choice>, name: string): Problem {
  const nearIn = (some: readonly Choice[]): readonly string[] =>
    nearNames(
      name,
      some.map((choice) => choice.name),
    );
  const usable = nearIn(choices.filter(isUsable));
  // Where nothing usable is near, what was meant may be on an engine that is away: who asks for it is then told so.
  const near =
    usable.length > 0
      ? usable
      : nearIn(choices.filter(({ canComplete, phase }) => canComplete && phase !== 'absent' && phase !== 'failed'));
  const words = [`no engine has ${name}`, ...(near.length === 0 ? [] : [`near it: ${near.join(', ')}`]), ...unknownEngines];
  return new Problem('model_not_found', words.join('; '), { facts: { near } });
}
