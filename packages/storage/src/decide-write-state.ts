/** Whether anything new is stored. `since`: by the clock that dates come from. */
export type WriteState =
  | { readonly mode: 'writable'; readonly sinceMs: number }
  | {
      readonly mode: 'read_only';
      readonly sinceMs: number;
      readonly code: 'storage_full' | 'storage_unavailable';
      readonly words: string;
      readonly space: DiskSpace | undefined;
    };

/** The disk under the database. */
export interface DiskSpace {
  readonly freeBytes: number;
  readonly totalBytes: number;
}

export type Observation =
  /** Something could not be stored. */
  | {
      readonly kind: 'write-failed';
      readonly code: 'storage_full' | 'storage_unavailable';
      readonly words: string;
      readonly space: DiskSpace | undefined;
      readonly atMs: number;
    }
  /** The disk was looked at. `canWrite`: what a trial said, where there was one. */
  | { readonly kind: 'looked'; readonly space: DiskSpace | undefined; readonly canWrite: boolean | undefined; readonly atMs: number };

const MAX_RESERVE_BYTES = 33_554_432;
const RESERVE_SHARE = 0.05;

/** Below this nothing new is begun, so that what runs can be stored to its end. */
export function reserveOf({ totalBytes }: DiskSpace): number {
  return Math.min(MAX_RESERVE_BYTES, Math.floor(totalBytes * RESERVE_SHARE));
}

/** What must be free before anything new is begun again: twice the reserve, so that the state does not flicker. */
export function neededOf(space: DiskSpace): number {
  return 2 * reserveOf(space);
}

/** What the state is after one observation. */
export function decideWriteState(state: WriteState, seen: Observation): WriteState {
  const sinceMs = state.mode === 'read_only' ? state.sinceMs : seen.atMs;
  if (seen.kind === 'write-failed') return { mode: 'read_only', sinceMs, code: seen.code, words: seen.words, space: seen.space };
  const { space } = seen;
  if (state.mode === 'writable') {
    if (space === undefined || space.freeBytes >= reserveOf(space)) return state;
    return { mode: 'read_only', sinceMs, code: 'storage_full', words: 'The disk is almost full.', space };
  }
  const hasRoom = space === undefined || space.freeBytes >= neededOf(space);
  if (hasRoom && seen.canWrite === true) return { mode: 'writable', sinceMs: seen.atMs };
  return { ...state, space };
}
