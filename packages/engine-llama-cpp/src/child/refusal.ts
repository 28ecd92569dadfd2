import type { EngineFailure } from '@pilotlight/contract';

/** A request that is turned down, with words for people. Travels to the parent, which throws an `EngineError`. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly failure: EngineFailure;
  constructor(failure: EngineFailure, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.failure = failure;
  }
}
