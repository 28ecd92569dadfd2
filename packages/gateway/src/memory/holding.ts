import type { LifecycleState } from '../lifecycle/state.ts';

/**
 * What a deployment is to the memory. `out` holds none; `loading` has it reserved; `idle` can be unloaded at once; `busy` after its answers;
 * `leaving` gives it back by itself; `stuck` holds it and cannot be told to go now.
 */
export type Standing = 'out' | 'loading' | 'idle' | 'busy' | 'leaving' | 'stuck';

/** A deployment that holds memory, or has it reserved. */
export interface Holder {
  readonly key: string;
  readonly model: string;
  readonly bytes: number;
  readonly standing: Exclude<Standing, 'out'>;
  /** Never unloaded to make room: the owner said so. */
  readonly isPinned: boolean;
  /** Nor is this one: its server was asked to and cannot. */
  readonly cannotUnload: boolean;
  /** When its last load was done, and when it was last used; undefined: it was here before us. */
  readonly readyAtMs: number | undefined;
  readonly lastUsedMs: number;
  /** What it costs to have it back. */
  readonly reloadMs: number;
  /** How long the answers in it may still take; 0 where none was measured. */
  readonly drainMs: number;
  /** Since when the one has waited who waits longest for it; undefined: nobody waits. */
  readonly oldestWaiterMs: number | undefined;
  /** Of `bytes`: pages of a file, which the machine counts as free. */
  readonly mappedBytes: number;
  /** Of `bytes`: what lies in graphics memory. Absent: none, or there is none to count. */
  readonly gpuBytes?: number | undefined;
}

/** Whether it may be unloaded to make room. */
export function isMovable({ isPinned, cannotUnload }: Pick<Holder, 'isPinned' | 'cannotUnload'>): boolean {
  return !isPinned && !cannotUnload;
}

export function standingOf(state: LifecycleState): Standing {
  switch (state.phase) {
    case 'unknown':
      return state.resident && !state.away ? 'idle' : 'out';
    case 'loading':
    case 'warming':
      return 'loading';
    case 'ready':
    case 'wedged':
      return 'idle';
    case 'busy':
      return 'busy';
    case 'draining':
    case 'unloading':
      return 'leaving';
    case 'failed':
      return state.kind === 'unload' ? 'stuck' : 'out';
    case 'absent':
    case 'cold':
    case 'downloading':
    case 'queued':
      return 'out';
  }
}

export interface Supply {
  /** What the models of this pool may take together. */
  readonly budgetBytes: number;
  /** What is free on the machine as last seen; undefined where nobody can tell. */
  readonly machineFreeBytes: number | undefined;
}

/** What a load could take now: the least of budget and machine, less what is in use, reserved for loads under way, or only seems to be free. */
export function toFreeBytes(supply: Supply, holders: readonly Holder[]): number {
  return Math.min(toBudgetFreeBytes(supply, holders), toMachineFreeBytes(supply, holders));
}

export function toBudgetFreeBytes({ budgetBytes }: Supply, holders: readonly Holder[]): number {
  return budgetBytes - sum(holders, ({ bytes }) => bytes);
}

/** What of the machine's own memory is free; `Infinity` where nobody can tell. */
export function toMachineFreeBytes({ machineFreeBytes }: Supply, holders: readonly Holder[]): number {
  if (machineFreeBytes === undefined) return Number.POSITIVE_INFINITY;
  return machineFreeBytes - sum(holders, toHiddenBytes);
}

function toHiddenBytes({ standing, bytes, gpuBytes = 0, mappedBytes }: Holder): number {
  return standing === 'loading' ? bytes - gpuBytes : Math.min(mappedBytes, bytes - gpuBytes);
}

export function sum<T>(items: readonly T[], amount: (item: T) => number): number {
  return items.reduce((total, item) => total + amount(item), 0);
}
