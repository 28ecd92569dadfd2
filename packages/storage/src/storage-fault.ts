export type StorageFaultCode = 'storage_unavailable' | 'storage_full' | 'data_folder_in_use' | 'internal_error';

/** Why the store failed, in words for people: no paths, no SQL. `internal_error` is a fault of the program, not of the disk. */
export class StorageFault extends Error {
  override readonly name = 'StorageFault';
  readonly code: StorageFaultCode;
  constructor(code: StorageFaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** By SQLite's primary result codes (https://www.sqlite.org/rescode.html). */
const SQLITE_FAULTS: ReadonlyMap<number, string> = new Map([
  [3, 'The database may not be accessed: permission denied.'],
  [5, 'Another program holds the database.'],
  [6, 'Another program holds the database.'],
  [7, 'There was not enough memory to store it.'],
  [8, 'The database is read-only.'],
  [10, 'The disk reported an error.'],
  [11, 'The database file is damaged. Restore it from a backup.'],
  [13, 'The disk is full.'],
  [14, 'The database file cannot be opened.'],
  [23, 'The database may not be accessed: permission denied.'],
  [26, 'The file is not a database. Restore it from a backup, or move it away.'],
]);

const FILE_FAULTS: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'The data folder may not be written: permission denied.'],
  ['EPERM', 'The data folder may not be written: permission denied.'],
  ['EROFS', 'The data folder is on a read-only file system.'],
  ['ENOSPC', 'The disk is full.'],
  ['EDQUOT', 'The disk quota is used up.'],
  ['ENOENT', 'There is no such folder.'],
  ['ENOTDIR', 'The data folder is a file.'],
  ['EISDIR', 'The database file is a folder.'],
  ['EIO', 'The disk reported an error.'],
]);

/** What passes, or can be mended, while what was stored is whole: SQLITE_PERM, READONLY, IOERR, FULL, CANTOPEN and AUTH, and the same of the system. */
const OF_DISK: ReadonlySet<unknown> = new Set([3, 8, 10, 13, 14, 23, 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EIO']);

/** SQLITE_IOERR_SHMSIZE: the index of the log found no room. SQLite says no more of it, but that is what it means on a disk that works. */
const NO_ROOM_FOR_INDEX = 10 | (19 << 8);
const SQLITE_FULL = 13;

/** With what the system says of a disk or a quota. */
const FULL: ReadonlySet<unknown> = new Set([SQLITE_FULL, 'ENOSPC', 'EDQUOT']);

/** Whether it is the disk that takes nothing now, rather than that there is something wrong with what is on it. */
export function isOfDisk(fault: StorageFault): boolean {
  return fault.cause !== undefined && OF_DISK.has(resultOf(fault.cause));
}

function resultOf(error: unknown): number | string {
  const { code, errcode } = (error ?? {}) as { readonly code?: unknown; readonly errcode?: unknown };
  if (errcode === NO_ROOM_FOR_INDEX) return SQLITE_FULL;
  return code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number' ? errcode & 0xff : String(code);
}

/** Any error of the database or its files as a fault. */
export function toStorageFault(error: unknown): StorageFault {
  if (error instanceof StorageFault) return error;
  const result = resultOf(error);
  const words = typeof result === 'number' ? SQLITE_FAULTS.get(result) : FILE_FAULTS.get(result);
  if (words !== undefined) return new StorageFault(FULL.has(result) ? 'storage_full' : 'storage_unavailable', words, { cause: error });
  return new StorageFault('internal_error', 'The database refused a statement.', { cause: error });
}
