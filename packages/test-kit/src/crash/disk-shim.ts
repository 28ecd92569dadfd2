import { spawnSync } from 'node:child_process';
import { closeSync, openSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The disk under a process, as `disk-shim.c` has it in hand. */
export interface DiskShim extends Disposable {
  /** For the process. */
  readonly environment: Readonly<Record<string, string>>;
  /** Operations on the database and its log so far. */
  count(): number;
  /** How many of them were made to fail. */
  failed(): number;
  /** Up to where the write-ahead log is on the disk for sure, in bytes. */
  synced(): number;
  /** The operations from one on fail, up to another, with this number of the system. */
  fail(first: number, last: number, errno: number): void;
  mend(): void;
}

/** In the order of the fields in the C. */
const FIELDS = ['count', 'failFrom', 'failTo', 'error', 'failed', 'synced'] as const;
const FIELD_BYTES = 8;
const SOURCE = fileURLToPath(new URL('disk-shim.c', import.meta.url));

/** Whether this machine can build one. */
export const canShimDisk = process.platform === 'linux' && spawnSync('cc', ['--version']).status === 0;

export function createDiskShim(folder: string): DiskShim {
  const library = join(folder, 'disk-shim.so');
  const built = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, SOURCE, '-ldl'], { encoding: 'utf8' });
  if (built.status !== 0) throw new Error(`the shim could not be built: ${built.stderr}`);
  const controlFile = join(folder, 'control');
  writeFileSync(controlFile, Buffer.alloc(FIELDS.length * FIELD_BYTES));
  const descriptor = openSync(controlFile, 'r+');
  const place = (field: (typeof FIELDS)[number]): number => FIELDS.indexOf(field) * FIELD_BYTES;

  function get(field: (typeof FIELDS)[number]): number {
    const bytes = Buffer.alloc(FIELD_BYTES);
    readSync(descriptor, bytes, 0, FIELD_BYTES, place(field));
    return Number(bytes.readBigInt64LE());
  }

  function set(field: (typeof FIELDS)[number], value: number): void {
    const bytes = Buffer.alloc(FIELD_BYTES);
    bytes.writeBigInt64LE(BigInt(value));
    writeSync(descriptor, bytes, 0, FIELD_BYTES, place(field));
  }

  return {
    environment: { LD_PRELOAD: library, SHIM_CONTROL: controlFile, SHIM_FILES: 'pilotlight.db' },
    count: () => get('count'),
    failed: () => get('failed'),
    synced: () => get('synced'),
    fail(first, last, errno) {
      set('failFrom', 0);
      set('error', errno);
      set('failTo', last);
      set('failFrom', first);
    },
    mend: () => set('failFrom', 0),
    [Symbol.dispose]: () => closeSync(descriptor),
  };
}
