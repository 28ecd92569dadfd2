import { EngineError } from '@pilotlight/contract';
import type { Fields } from '@pilotlight/engine-http';

import { toLmStudioEntries } from './lm-studio.ts';
import type { LookOptions } from './model-catalogue.ts';
import type { OpenaiClient } from './openai-client.ts';
import { toEntries } from './to-model-description.ts';

/** LM Studio's own list beside that of the API of OpenAI, which tells more. */
export interface OwnList {
  /** The entries; undefined if the server has no such list, or nobody can say just now. */
  read(options: LookOptions): Promise<readonly Fields[] | undefined>;
  /** Models can be loaded and unloaded beside it: LM Studio from 0.4 on. */
  readonly canBeDriven: boolean;
  /** The server was away: what comes back may be another one. */
  forget(): void;
}

const LIMIT_MS = 2_000;
/** The newer one first. */
const LISTS = [
  { path: '/api/v1/models', toEntries: toLmStudioEntries, canBeDriven: true },
  { path: '/api/v0/models', toEntries, canBeDriven: false },
];

export function createOwnList(client: OpenaiClient): OwnList {
  /** It has no such list, and is not asked for one again until it was away. */
  let isAnotherForSure = false;
  let canBeDriven = false;

  return {
    get canBeDriven() {
      return canBeDriven;
    },
    async read(options) {
      if (isAnotherForSure) return undefined;
      for (const list of LISTS) {
        try {
          const entries = list.toEntries(await client.ask({ path: list.path, limitMs: LIMIT_MS, ...options }));
          if (!entries.some((entry) => typeof entry['state'] === 'string')) continue;
          ({ canBeDriven } = list);
          return entries;
        } catch (error) {
          if (!(error instanceof EngineError)) throw error;
          if (error.failure === 'unreachable') return undefined;
        }
      }
      isAnotherForSure = true;
      return undefined;
    },
    forget: () => void (isAnotherForSure = false),
  };
}
