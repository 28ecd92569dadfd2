import type { Clock, Engine, Machine } from '@pilotlight/contract';

import type { Deployment } from '../deployments/deployment.ts';
import { createLoadGate } from '../deployments/load-gate.ts';
import type { LoadGate } from '../deployments/load-gate.ts';
import type { LearnedBook } from '../estimates/learned-book.ts';
import type { Log } from '../log.ts';
import { watchGraphics } from '../observation/watch-graphics.ts';
import type { GraphicsWatch } from '../observation/watch-graphics.ts';
import { watchMemory } from '../observation/watch-memory.ts';
import type { MemoryWatch } from '../observation/watch-memory.ts';
import type { Settings } from '../settings.ts';
import { createEngineMemory } from './engine-memory.ts';
import type { EngineMemory, EngineMemoryOptions } from './engine-memory.ts';
import { toGraphicsHeld } from './graphics.ts';
import { createLedger, MACHINE } from './ledger.ts';
import type { Ledger } from './ledger.ts';
import type { PinBoard } from './pins.ts';
import { createResampling } from './resampling.ts';

/** What memory there is, who holds which of it, and who is let into it. */
export interface Accounts extends Disposable {
  readonly memory: MemoryWatch;
  readonly graphics: GraphicsWatch;
  readonly ledger: Ledger;
  readonly elsewhere: EngineMemory;
  readonly gate: LoadGate;
  /** Reads the machine's memory; the graphics cards may take seconds to answer, and are not waited for. */
  look(): Promise<void>;
}

export interface AccountsOptions {
  readonly machine: Machine;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: Settings;
  readonly pins: PinBoard;
  readonly book: LearnedBook;
  readonly deployments: () => Iterable<Deployment>;
  readonly identityOf: EngineMemoryOptions['identityOf'];
  /** What there is changed by an amount that can be seen. */
  readonly onChange: () => void;
}

/** Ollama loads one model after the other whoever asks; the built-in engine's disk gains nothing from more than two. */
const LOADS_AT_ONCE: Record<Engine['kind'], number> = { 'llama.cpp': 2, ollama: 1, openai: 2 };

export function createAccounts(options: AccountsOptions): Accounts {
  const { clock } = options;
  const memory = watchMemory(options);
  const graphics = watchGraphics({ ...options, held: () => toGraphicsHeld(ledger.holdersOf(MACHINE)) });
  const gate: LoadGate = createLoadGate({
    ...options,
    placesOf: ({ kind }) => LOADS_AT_ONCE[kind],
    ledger: () => ledger,
    resampling: () => resampling,
  });
  const elsewhere = createEngineMemory(options);
  const ledger = createLedger({ ...options, memory, graphics, elsewhere, standingNow: gate.standingNow });
  const resampling = createResampling(memory, ledger, clock);
  return {
    memory,
    graphics,
    ledger,
    elsewhere,
    gate,
    look() {
      void graphics.look();
      return memory.look();
    },
    [Symbol.dispose]() {
      memory[Symbol.dispose]();
      graphics[Symbol.dispose]();
      gate[Symbol.dispose]();
    },
  };
}
