import { checkWritable } from './adapters/check-writable.ts';
import { openInProcess } from './open-in-process.ts';
import { openReadStore } from './read-store.ts';
import type { ReadStore } from './read-store.ts';
import { TRIAL } from './serve-store.ts';
import type { ServedStore, StoreMethod } from './serve-store.ts';
import { isOfDisk, StorageFault, toStorageFault } from './storage-fault.ts';

export interface FileOptions {
  readonly file: string;
  readonly nowMs: number;
  readonly defer: (body: () => void) => void;
  /** Hears why it is only read, as often as that changes, and with nothing that it can be written. */
  readonly onChange: (fault: StorageFault | undefined) => void;
}

/**
 * Opens the database of a file as `openInProcess` does. If the disk takes nothing now, it is opened for reading alone: then everything that would write is refused
 * with the reason, but for the trial, which opens it for writing as soon as that can be. Throws where there is nothing to be read, or not as it is.
 */
export async function openFile({ file, nowMs, defer, onChange }: FileOptions): Promise<ServedStore> {
  const open = (): Promise<ServedStore> => openInProcess({ location: { file }, nowMs, defer });
  let fault: StorageFault;
  try {
    return await open();
  } catch (error) {
    fault = toStorageFault(error);
    if (!isOfDisk(fault)) throw fault;
  }
  const reader = openReadStore(file, fault);
  onChange(fault);
  return serveReading({ file, open, onChange, reader, fault });
}

interface Reading extends Pick<FileOptions, 'file' | 'onChange'> {
  readonly open: () => Promise<ServedStore>;
  readonly reader: ReadStore;
  readonly fault: StorageFault;
}

/** `reading`: undefined if it could not be opened again after a trial. */
type Held =
  | { readonly mode: 'writable'; readonly served: ServedStore }
  | { readonly mode: 'reading'; readonly reader: ReadStore | undefined; readonly fault: StorageFault }
  | { readonly mode: 'closed' };

function serveReading({ file, open, onChange, ...first }: Reading): ServedStore {
  let held: Held = { mode: 'reading', ...first };
  // One after the other, so that nothing is read while the database changes hands.
  let last: Promise<unknown> = Promise.resolve();

  /** Gives the folder back for a moment, since it can be had for one thing at a time. */
  async function openToWrite(reader: ReadStore | undefined): Promise<ServedStore> {
    reader?.[Symbol.dispose]();
    try {
      return await open();
    } catch (error) {
      const fault = toStorageFault(error);
      held = { mode: 'reading', reader: tryReading(file, fault), fault };
      throw fault;
    }
  }

  async function tryToWrite(reader: ReadStore | undefined): Promise<unknown> {
    try {
      checkWritable(file);
      const served = await openToWrite(reader);
      held = { mode: 'writable', served };
      onChange(undefined);
      return await served.call(TRIAL, []);
    } catch (error) {
      const fault = toStorageFault(error);
      if (held.mode === 'reading') {
        held = { ...held, fault };
        onChange(fault);
      }
      throw fault;
    }
  }

  async function run(method: StoreMethod, parameters: readonly unknown[]): Promise<unknown> {
    if (held.mode === 'closed') throw new StorageFault('storage_unavailable', 'The database is closed.');
    if (held.mode === 'writable') return held.served.call(method, parameters);
    if (method === TRIAL) return tryToWrite(held.reader);
    const { reader, fault } = held;
    if (reader === undefined) throw fault;
    try {
      const read = reader.read(method);
      if (read === undefined) throw fault;
      return read(parameters);
    } catch (error) {
      throw toStorageFault(error);
    }
  }

  return {
    call(method, parameters) {
      if (held.mode === 'writable') return held.served.call(method, parameters);
      const done = last.then(() => run(method, parameters));
      last = done.catch(() => undefined);
      return done;
    },
    async close() {
      await last;
      const ended = held;
      held = { mode: 'closed' };
      if (ended.mode === 'writable') await ended.served.close();
      else if (ended.mode === 'reading') ended.reader?.[Symbol.dispose]();
    },
  };
}

function tryReading(file: string, fault: StorageFault): ReadStore | undefined {
  try {
    return openReadStore(file, fault);
  } catch {
    return undefined;
  }
}
