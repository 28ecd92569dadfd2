import type { Clock, Engine, Gateway, Machine, ModelStore, Preferences, Randomness } from '@pilotlight/contract';

import type { Log } from './log.ts';
import type { GatewaySettings } from './settings.ts';

export interface GatewayOptions {
  /** In order of preference: of two that have a model, equally ready, the earlier one answers. The gateway owns them and disposes of them. */
  readonly engines: readonly Engine[];
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly machine: Machine;
  readonly settings: GatewaySettings;
  readonly log: Log;
  /** Where pins, and what was learned of models, outlast the process; without it they end with it. May be opened later: a call waits for it. */
  readonly store?: ModelStore;
}

export interface RunningGateway extends Gateway {
  /** What the owner may change while it runs. */
  readonly preferences: Preferences;
  /** Resolves when each engine has been looked at once, or did not answer within its limit (about 2 s). Never rejects. */
  readonly started: Promise<void>;
}
