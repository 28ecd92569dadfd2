import type { KeptTexts } from '../app/ports.ts';

/** Local or session storage, whose every access may throw (private windows, full quota, blocked cookies). */
export function createKeptTexts(open: () => Storage): KeptTexts {
  function attempt<T>(action: (storage: Storage) => T): T | undefined {
    try {
      return action(open());
    } catch {
      return undefined;
    }
  }
  return {
    get: (key) => attempt((storage) => storage.getItem(key)) ?? undefined,
    set: (key, value) => attempt((storage) => storage.setItem(key, value)),
    remove: (key) => attempt((storage) => storage.removeItem(key)),
  };
}
