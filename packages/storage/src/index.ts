export { backUp, DATABASE_FILE, hasDatabase, restore } from './back-up.ts';
export type { DatabaseFacts } from './database-facts.ts';
export { readFreeSpace } from './adapters/free-space.ts';
export { guardStorage } from './guard-storage.ts';
export type { GuardedStorage, WriteGuard } from './guard-storage.ts';
export { makeFolder } from './adapters/make-folder.ts';
export type { Restored } from './adapters/restore-database.ts';
export { openStorage } from './open-storage.ts';
export type { Storage, StorageOptions } from './open-storage.ts';
