import type { Receipt } from '@pilotlight/contract';

import { BUILT_IN_MODEL } from '../routes/candidates.ts';
import type { Candidate } from './try-all.ts';

/** Who is tried next. All pure but for the breakers, which are asked. */

export interface Picked {
  readonly candidate: Candidate;
  readonly passedOver: NonNullable<Receipt['passed_over']>;
}

/** The first whose breaker lets the request through. Where none does, the first of all: the last hope is never cut off. Undefined: nobody is left. */
export function pickNext(line: readonly Candidate[], runId: string): Picked | undefined {
  const index = line.findIndex(({ deployment }) => deployment.breaker.admits(runId));
  const candidate = line[Math.max(0, index)];
  if (!candidate) return undefined;
  const passedOver = line.slice(0, Math.max(0, index)).map(({ name, deployment }) => ({
    model: name,
    engine: deployment.engine.id,
    reason: deployment.breaker.why ?? 'it kept failing',
  }));
  return { candidate, passedOver };
}

export interface Lines {
  readonly now: readonly Candidate[];
  /** After a pause. */
  readonly later: readonly Candidate[];
}

/**
 * Who may go on with an answer that broke off: the same model elsewhere at once, then where it was, then another model of the route. The model that ships
 * goes on with no other's answer: it is there so that there is an answer at all.
 */
export function lineAfterBreak(others: readonly Candidate[], broken: Candidate, isHopeful: boolean): Lines {
  const left = [...new Set(others)].filter((other) => other.deployment !== broken.deployment && mayGoOn(other));
  const same = left.filter(({ name }) => name === broken.name);
  const foreign = left.filter(({ name }) => name !== broken.name && name !== BUILT_IN_MODEL);
  if (!isHopeful) return { now: [...same, ...foreign], later: [] };
  return mayGoOn(broken) ? { now: same, later: [broken, ...foreign] } : { now: [...same, ...foreign], later: [] };
}

/** Whether it goes on from the beginning of an answer, or may turn out to. */
export function mayGoOn({ name, deployment }: Candidate): boolean {
  const { engine, continuations } = deployment;
  if (engine.continues !== 'probe') return engine.continues === 'always';
  const verdict = continuations.of(name);
  return verdict === undefined || verdict === 'yes';
}

/** Those that take more than the one for which the prompt is too long; of which nobody knows how much they take is not tried. */
export function widerThan(
  line: readonly Candidate[],
  length: number | undefined,
  contextOf: (candidate: Candidate) => number | undefined,
): readonly Candidate[] {
  return line.filter((candidate) => (contextOf(candidate) ?? 0) > (length ?? 0));
}
