import type { Repository } from './check.ts';

/** A repository in memory, for tests that plant a fault. */
export function fakeRepository(files: Readonly<Record<string, string>>): Repository {
  return {
    paths: Object.keys(files),
    tracked: Object.keys(files),
    read: (path) => {
      const text = files[path];
      if (text === undefined) throw new Error(`no such file: ${path}`);
      return text;
    },
  };
}
