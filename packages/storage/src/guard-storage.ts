import type { ChatStore } from '@pilotlight/chat';
import { Problem, PROBLEMS, toTimestamp } from '@pilotlight/contract';
import type { Clock, KeptValues, ModelStore, StorageView } from '@pilotlight/contract';

import { indexBacklog } from './index-backlog.ts';
import { decideWriteState, neededOf } from './decide-write-state.ts';
import type { DiskSpace, Observation, WriteState } from './decide-write-state.ts';
import type { Storage } from './open-storage.ts';

export interface GuardOptions {
  /** Disposed with the guard. */
  readonly storage: Storage;
  /** Named to people. */
  readonly folder: string;
  /** Where what is stored lies, as a sentence, if not in that folder. */
  readonly where?: string | undefined;
  /** Undefined: it cannot be told, or is not the point. */
  readonly freeSpace: () => Promise<DiskSpace | undefined>;
  readonly clock: Clock;
}

/** A storage that is read-only while nothing can be stored. */
export interface GuardedStorage extends Storage {
  readonly writes: WriteGuard;
}

export interface WriteGuard {
  state(): StorageView;
  /** Hears of every change between writable and read-only, and of what is free meanwhile. */
  subscribe(listener: (view: StorageView) => void): Disposable;
}

/**
 * What becomes of a method while the storage is read-only. `reads`: nothing. `goes_on`: it is tried, since it ends what was begun or gives room back.
 * `refused`: it would begin something new, and is refused without being tried.
 */
type Manner = 'reads' | 'goes_on' | 'refused';

const MANNERS: Readonly<Record<keyof ChatStore | keyof ModelStore | keyof KeptValues, Manner>> = {
  begin: 'refused',
  sync: 'goes_on',
  append: 'goes_on',
  end: 'goes_on',
  read: 'reads',
  claim: 'goes_on',
  running: 'reads',
  answer: 'reads',
  message: 'reads',
  list: 'reads',
  folders: 'reads',
  details: 'reads',
  conversation: 'reads',
  search: 'reads',
  add: 'refused',
  rename: 'refused',
  change: 'refused',
  setHead: 'refused',
  remove: 'goes_on',
  hide: 'goes_on',
  unhide: 'goes_on',
  hidden: 'reads',
  purge: 'goes_on',
  presets: 'reads',
  preset: 'reads',
  addPreset: 'refused',
  changePreset: 'refused',
  removePreset: 'goes_on',
  retitle: 'refused',
  attach: 'refused',
  attachments: 'reads',
  promptContents: 'reads',
  attachmentContent: 'reads',
  removeAttachment: 'goes_on',
  sweepAttachments: 'goes_on',
  summaries: 'reads',
  keepSummary: 'refused',
  learned: 'reads',
  keepLearned: 'refused',
  pins: 'reads',
  setPin: 'refused',
  kept: 'reads',
  keep: 'refused',
};

/** How often the disk is looked at: while all is well, and while it is not. */
const LOOK_MS = 5_000;
const READ_ONLY_LOOK_MS = 2_000;

/**
 * Watches what a storage says of its disk. Once something could not be stored, or the disk is almost full, nothing new is taken, everything can be read, and the
 * disk is looked at again until something can be stored: then it goes on as before.
 */
export function guardStorage({ storage, folder, where, freeSpace, clock }: GuardOptions): GuardedStorage {
  const place: Place = { folder, where: where ?? `The data folder is ${folder}.` };
  const listeners = new Set<(view: StorageView) => void>();
  let state = stateOf(storage, clock.now());
  let timer: Disposable | undefined;
  let isOver = false;

  function observe(seen: Observation): void {
    const before = state;
    state = decideWriteState(state, seen);
    if (before === state) return;
    const view = toView(state, place);
    for (const listener of listeners) listener(view);
    if (before.mode !== state.mode) lookLater();
  }

  function lookLater(): void {
    timer?.[Symbol.dispose]();
    if (!isOver) timer = clock.after(state.mode === 'writable' ? LOOK_MS : READ_ONLY_LOOK_MS, () => void look());
  }

  async function look(): Promise<void> {
    const space = await freeSpace();
    const isTried = state.mode === 'read_only' && (space === undefined || space.freeBytes >= neededOf(space));
    const canWrite = isTried ? await canStore(storage) : undefined;
    if (isOver) return;
    // What is away is known without a trial.
    const known = storage.whyNotWritable();
    const isNews = known !== undefined && (state.mode === 'writable' || state.words !== known.words);
    if (isNews) observe({ kind: 'write-failed', ...known, space, atMs: clock.now() });
    observe({ kind: 'looked', space, canWrite, atMs: clock.now() });
    lookLater();
  }

  async function run(manner: Manner, call: () => Promise<unknown>): Promise<unknown> {
    if (manner === 'reads') return call();
    if (manner === 'refused' && state.mode === 'read_only') throw toProblem(state, place);
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof Problem) || (error.code !== 'storage_full' && error.code !== 'storage_unavailable') || isOver) throw error;
      observe({ kind: 'write-failed', code: error.code, words: error.detail, space: await freeSpace(), atMs: clock.now() });
      throw state.mode === 'read_only' ? toProblem(state, place, error) : error;
    }
  }

  function guarded<Store extends object>(store: Store): Store {
    const methods = Object.entries(store) as [keyof typeof MANNERS, (...parameters: unknown[]) => Promise<unknown>][];
    return Object.fromEntries(
      methods.map(([name, method]) => [name, (...parameters: unknown[]) => run(MANNERS[name], () => method(...parameters))]),
    ) as Store;
  }

  void look();
  const indexing = indexBacklog({ step: () => run('refused', storage.indexOlder) as Promise<boolean>, clock });
  return {
    chats: guarded(storage.chats),
    models: guarded(storage.models),
    kept: guarded(storage.kept),
    tryWriting: storage.tryWriting,
    indexOlder: storage.indexOlder,
    whyNotWritable: storage.whyNotWritable,
    writes: {
      state: () => toView(state, place),
      subscribe(listener) {
        listeners.add(listener);
        return { [Symbol.dispose]: () => void listeners.delete(listener) };
      },
    },
    async [Symbol.asyncDispose]() {
      isOver = true;
      timer?.[Symbol.dispose]();
      indexing[Symbol.dispose]();
      await storage[Symbol.asyncDispose]();
    },
  };
}

/** How a storage stands when it has just been opened. */
function stateOf({ whyNotWritable }: Storage, sinceMs: number): WriteState {
  const known = whyNotWritable();
  return known === undefined ? { mode: 'writable', sinceMs } : { mode: 'read_only', sinceMs, ...known, space: undefined };
}

async function canStore(storage: Storage): Promise<boolean> {
  try {
    await storage.tryWriting();
    return true;
  } catch {
    return false;
  }
}

type ReadOnly = Extract<WriteState, { mode: 'read_only' }>;

/** What is free, and how much must be, as facts; nothing where space is not the point. */
function spaceFacts({ code, space }: ReadOnly): { readonly free_bytes?: number; readonly needed_bytes?: number } {
  return code === 'storage_full' && space !== undefined ? { free_bytes: space.freeBytes, needed_bytes: neededOf(space) } : {};
}

interface Place {
  readonly folder: string;
  readonly where: string;
}

function toWords(state: ReadOnly, { folder, where }: Place): string {
  const { free_bytes: free, needed_bytes: needed } = spaceFacts(state);
  if (free === undefined || needed === undefined) return `${state.words} ${where}`;
  return `${state.words} ${toMegabytes(free)} free at ${folder}; messages are taken again from ${toMegabytes(needed)} on.`;
}

function toMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

function toProblem(state: ReadOnly, place: Place, cause?: unknown): Problem {
  return new Problem(state.code, toWords(state, place), {
    cause,
    facts: { path: place.folder, ...spaceFacts(state) },
    retryAfterSeconds: READ_ONLY_LOOK_MS / 1000,
  });
}

function toView(state: WriteState, place: Place): StorageView {
  const since = toTimestamp(state.sinceMs);
  if (state.mode === 'writable') return { state: 'writable', since };
  const { remedy } = PROBLEMS[state.code];
  const facts = spaceFacts(state);
  // The figures stand beside it, where there are any.
  const reason = facts.free_bytes === undefined ? toWords(state, place) : state.words;
  return { state: 'read_only', since, code: state.code, reason, remedy, path: place.folder, ...facts };
}
