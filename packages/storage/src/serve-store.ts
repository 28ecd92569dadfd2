import type { ChatStore } from '@pilotlight/chat';
import type { KeptValues, ModelStore } from '@pilotlight/contract';

import { coalesce } from './coalesce.ts';
import type { IndexOperation } from './sqlite-attachment-index.ts';
import type { Operation, Operations } from './sqlite-chat-store.ts';
import type { KeptOperations } from './sqlite-kept-values.ts';
import type { ModelOperations } from './sqlite-models.ts';
import type { TrialOperation } from './sqlite-trial.ts';
import { StorageFault, toStorageFault } from './storage-fault.ts';
import type { Durability, Transact } from './transaction.ts';

const METHODS = [
  'begin',
  'sync',
  'append',
  'end',
  'read',
  'claim',
  'running',
  'answer',
  'message',
  'list',
  'folders',
  'details',
  'conversation',
  'search',
  'add',
  'rename',
  'change',
  'setHead',
  'remove',
  'hide',
  'unhide',
  'hidden',
  'purge',
  'presets',
  'preset',
  'addPreset',
  'changePreset',
  'removePreset',
  'retitle',
  'attach',
  'attachments',
  'promptContents',
  'attachmentContent',
  'removeAttachment',
  'sweepAttachments',
  'summaries',
  'keepSummary',
] as const satisfies readonly (keyof ChatStore)[];

const MODEL_METHODS = ['learned', 'keepLearned', 'pins', 'setPin'] as const satisfies readonly (keyof ModelStore)[];

const KEPT_METHODS = ['kept', 'keep'] as const satisfies readonly (keyof KeptValues)[];

/** Stores something and takes it away again: whether the database can be written. */
export const TRIAL = 'tryWriting';

/** What the storage does for itself. */
const OWN_METHODS = [TRIAL, 'indexOlder'] as const satisfies readonly (keyof Stores)[];

export type StoreMethod =
  | (typeof METHODS)[number]
  | (typeof MODEL_METHODS)[number]
  | (typeof KEPT_METHODS)[number]
  | (typeof OWN_METHODS)[number];

/** Calls a store by the name of the method. Calls take effect in the order in which they were made. */
export type CallStore = (method: StoreMethod, parameters: readonly unknown[]) => Promise<unknown>;

/** Why nothing can be stored now, where that is known without a trial. */
export type WhyNotWritable = () => { readonly code: 'storage_full' | 'storage_unavailable'; readonly words: string } | undefined;

export interface ServedStore {
  readonly call: CallStore;
  readonly whyNotWritable?: WhyNotWritable;
  /** Closes the connection after the calls that were made before; later ones are refused. */
  readonly close: () => Promise<void>;
}

export interface ServeOptions {
  readonly operations: Operations & ModelOperations & KeptOperations & TrialOperation & IndexOperation;
  readonly transact: Transact;
  /** Runs the body soon; what is called until then shares its transaction. */
  readonly defer: (body: () => void) => void;
  /** Resolves when all that was committed before is on the disk. Undefined: there is no disk. */
  readonly sync: (() => Promise<void>) | undefined;
  readonly close: () => void;
}

interface Call {
  readonly durability: Durability;
  run(): unknown;
  resolve(value: unknown): void;
  reject(fault: StorageFault): void;
}

/** A call that is committed, with what it gives. */
interface Done {
  readonly call: Call;
  readonly value: unknown;
}

/** So that nobody waits for more than this many others. */
const MAX_BATCH = 64;

const DURABILITIES: readonly Durability[] = ['full', 'normal', 'read'];

/**
 * The side that has the store. Calls that wait together are run in one transaction, so that a hundred questions at once cost one sync of the disk, not a
 * hundred; each is answered after the commit, and what is to be on the disk after the sync, for which nobody else waits. If that transaction fails, each
 * call gets one of its own. Whatever goes wrong comes out as a `StorageFault`.
 */
export function serveStore({ operations, transact, defer, sync, close: closeConnection }: ServeOptions): ServedStore {
  const synced = sync && coalesce(sync);
  let queue: Call[] = [];
  let isScheduled = false;
  let isClosed = false;

  function schedule(): void {
    if (isScheduled) return;
    isScheduled = true;
    defer(drain);
  }

  function drain(): void {
    isScheduled = false;
    const batch = queue.slice(0, MAX_BATCH);
    queue = queue.slice(MAX_BATCH);
    if (queue.length > 0) schedule();
    const done = batch.length > 1 ? (runTogether(transact, batch) ?? runEach(transact, batch)) : runEach(transact, batch);
    answer(done);
  }

  function answer(done: readonly Done[]): void {
    const waiting = synced === undefined ? [] : done.filter(({ call }) => call.durability === 'full');
    for (const { call, value } of done) if (synced === undefined || call.durability !== 'full') call.resolve(value);
    if (synced === undefined || waiting.length === 0) return;
    synced().then(
      () => waiting.forEach(({ call, value }) => call.resolve(value)),
      (error: unknown) => waiting.forEach(({ call }) => call.reject(toStorageFault(error))),
    );
  }

  function enqueue(durability: Durability, run: () => unknown): Promise<unknown> {
    if (isClosed) return Promise.reject(new StorageFault('storage_unavailable', 'The database is closed.'));
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    queue.push({ durability, run, resolve, reject });
    schedule();
    return promise;
  }

  return {
    call(method, parameters) {
      const operation = operations[method] as Operation<readonly unknown[]>;
      return enqueue(operation.durability, () => operation.run(...parameters));
    },
    async close() {
      if (isClosed) return;
      const before = enqueue('full', () => undefined).catch(() => undefined);
      isClosed = true;
      await before;
      closeConnection();
    },
  };
}

/** All of them in one transaction. Undefined: that could not be done, and nothing was. */
function runTogether(transact: Transact, batch: readonly Call[]): Done[] | undefined {
  const durability = DURABILITIES.find((candidate) => batch.some((call) => call.durability === candidate)) ?? 'read';
  try {
    return transact(durability, () => batch.map((call) => ({ call, value: call.run() })));
  } catch {
    return undefined;
  }
}

/** Each in a transaction of its own. Gives those that are done; the others are refused. */
function runEach(transact: Transact, batch: readonly Call[]): Done[] {
  const done: Done[] = [];
  for (const call of batch) {
    try {
      done.push({ call, value: transact(call.durability, () => call.run()) });
    } catch (error) {
      call.reject(toStorageFault(error));
    }
  }
  return done;
}

/** The stores of one database. */
export interface Stores {
  readonly chats: ChatStore;
  readonly models: ModelStore;
  readonly kept: KeptValues;
  /** Resolves if something can be stored now, durably; nothing of it stays. Rejects as every writing method does. */
  readonly tryWriting: () => Promise<void>;
  /** Makes some of what was attached before there was an index of it findable; resolves with whether there is more of it. Does so within some ten milliseconds. */
  readonly indexOlder: () => Promise<boolean>;
}

/** The side that wants the stores: each method is a call; `toError` makes of a fault what the ports promise. */
export function toStores(call: CallStore, toError: (fault: StorageFault) => Error): Stores {
  function toStore(methods: readonly StoreMethod[]): object {
    return Object.fromEntries(
      methods.map((method) => [
        method,
        async (...parameters: readonly unknown[]) => {
          try {
            return await call(method, parameters);
          } catch (error) {
            throw toError(toStorageFault(error));
          }
        },
      ]),
    );
  }
  return {
    chats: toStore(METHODS) as ChatStore,
    models: toStore(MODEL_METHODS) as ModelStore,
    kept: toStore(KEPT_METHODS) as KeptValues,
    ...(toStore(OWN_METHODS) as Pick<Stores, (typeof OWN_METHODS)[number]>),
  };
}
