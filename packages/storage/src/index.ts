export { openStorage } from './open-storage.ts';
export type { Storage, StorageOptions } from './open-storage.ts';
