import type { Clock, Engine } from '@pilotlight/contract';

import type { Deployment } from '../deployments/deployment.ts';
import type { LearnedBook } from '../estimates/learned-book.ts';
import type { Residency } from '../observation/watch-engine.ts';
import { learnFromFailure, learnFromSight, noBounds, parseBounds, toLimits } from './engine-bounds.ts';
import type { EngineBounds, Limits, Row } from './engine-bounds.ts';
import { standingOf } from './holding.ts';

/** What is learned of the memory of engines elsewhere, kept from one run to the next. */
export interface EngineMemory {
  /** What its models in memory show. To be told before the deployments are, as what they know is what was told to go. */
  readonly see: (engine: Engine, residency: Residency) => void;
  /** A load of it failed for memory, with so much beside it. */
  readonly failed: (engine: Engine, load: { readonly needsBytes: number; readonly besideBytes: number }) => void;
  /** Undefined: nothing was learned. */
  readonly boundsOf: (engine: string) => { readonly bounds: EngineBounds; readonly limits: Limits } | undefined;
}

export interface EngineMemoryOptions {
  readonly clock: Clock;
  readonly book: LearnedBook;
  readonly deployments: () => Iterable<Deployment>;
  /** Where it is and what it is; undefined: nothing is known. */
  readonly identityOf: (engine: string) => { readonly address: string; readonly version?: string | undefined } | undefined;
}

export function createEngineMemory({ clock, book, deployments, identityOf }: EngineMemoryOptions): EngineMemory {
  const rows = new Map<string, readonly Row[]>();

  /** What was learned of the engine as it is now: of another version, or at another address, it is of no use. */
  function read(engine: string): EngineBounds | undefined {
    const note = book.note(engine);
    const kept = note === undefined ? undefined : parseBounds(note);
    const identity = identityOf(engine);
    return kept && kept.address === identity?.address && kept.version === identity.version ? kept : undefined;
  }
  function change(engine: Engine, learn: (bounds: EngineBounds) => EngineBounds): void {
    const identity = identityOf(engine.id);
    if (engine.isLocal === true || !identity) return;
    const { address, version } = identity;
    const before = read(engine.id) ?? noBounds(address, version);
    const after = learn(before);
    if (JSON.stringify(after) !== JSON.stringify(before)) book.keepNote(engine.id, JSON.stringify(after));
  }
  /** Names that are in memory by what we know: nobody here told them to go. */
  function untoldOf(engine: Engine): ReadonlySet<string> {
    const own = [...deployments()].filter((deployment) => deployment.engine === engine);
    const there = own.filter(({ state }) => ['idle', 'busy'].includes(standingOf(state.lifecycle)));
    return new Set(there.flatMap(({ names }) => [...names.keys()]));
  }

  return {
    see(engine, { residents, askedAt }) {
      if (engine.isLocal === true) return;
      const before = rows.get(engine.id) ?? [];
      const now = residents.flatMap(({ name, memoryBytes, expiresAtMs }) =>
        memoryBytes === undefined ? [] : [{ name, bytes: memoryBytes, expiresAtMs }],
      );
      rows.set(engine.id, now);
      if (now.length === 0) return;
      change(engine, (bounds) => learnFromSight(bounds, { before, now, atMs: askedAt.wallMs, untold: untoldOf(engine) }));
    },
    failed: (engine, load) => change(engine, (bounds) => learnFromFailure(bounds, { ...load, atMs: clock.now() })),
    boundsOf(engine) {
      const bounds = read(engine);
      return bounds && { bounds, limits: toLimits(bounds, clock.now()) };
    },
  };
}
