import type { Clock } from '@pilotlight/contract';

import type { Candidate } from './generation/try-all.ts';
import type { House } from './house.ts';
import { residentOf } from './lifecycle/state.ts';
import type { Settings } from './settings.ts';
import { toModelPlan } from './views/model-plan.ts';

/** Loads that no request waits for. None of them takes memory from a model that is in it. */
export interface UnaskedLoads {
  /** The default model, where the settings say so. */
  readonly warm: () => void;
  /** Only where nothing else has to leave memory for them: one pinned model does not make another wait. */
  readonly loadPinned: () => void;
  /** At the engine that is preferred, for those who come later, while another one answers: a preference is no reason to take memory from anybody. */
  readonly bringIn: (candidate: Candidate) => void;
}

export interface UnaskedLoadsOptions {
  readonly house: House;
  readonly settings: Settings;
  readonly clock: Clock;
  readonly named: (name: string) => Candidate;
  readonly isOver: () => boolean;
}

export function createUnaskedLoads({ house, settings, clock, named, isOver }: UnaskedLoadsOptions): UnaskedLoads {
  const { picture, ledger, pins, registry } = house;

  function verdictOf(candidate: Candidate): ReturnType<typeof toModelPlan>['verdict'] {
    return toModelPlan({ candidate, ledger, nowMs: clock.monotonic(), change: undefined }).verdict;
  }
  function load({ deployment, name: model }: Candidate, by: string): void {
    deployment.dispatch({ type: 'want', wish: { model, by } });
  }
  /** Nothing else of its engine is in memory. */
  function isAlone({ deployment: { engine } }: Candidate): boolean {
    return [...registry.deployments].every((other) => other.engine !== engine || residentOf(other.state.lifecycle) === undefined);
  }

  return {
    warm() {
      const model = settings.warmAtStart && !isOver() ? picture.defaultModel() : undefined;
      if (model !== undefined) load(named(model), 'the start of the server');
    },
    loadPinned() {
      if (isOver()) return;
      for (const pinned of pins.names) {
        const place = picture.choices().find(({ name }) => name === pinned);
        const verdict = place && verdictOf(place);
        if (place && (verdict === 'fits' || verdict === 'not_counted')) load(place, 'the start of the server, as it is pinned');
      }
    },
    bringIn(candidate) {
      const { phase } = candidate.deployment.state.lifecycle;
      if (!candidate.isReachable || candidate.isHeld === true || (phase !== 'cold' && phase !== 'unknown')) return;
      const verdict = verdictOf(candidate);
      if (verdict !== 'fits' && !(verdict === 'not_counted' && isAlone(candidate))) return;
      load(candidate, 'requests that another engine answers meanwhile');
    },
  };
}
