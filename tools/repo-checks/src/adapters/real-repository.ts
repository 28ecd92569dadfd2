import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Repository } from '../check.ts';

/** Folders that are installed, built or left by a run. */
const SKIPPED = new Set(['node_modules', '.git', 'dist', 'coverage', '.cache', 'results']);

/** The repository on disk. */
export function realRepository(root: string): Repository {
  const paths: string[] = [];
  const walk = (folder: string): void => {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !SKIPPED.has(entry.name)) walk(path);
      else if (entry.isFile()) paths.push(path);
    }
  };
  walk('');
  return { paths: paths.toSorted(), read: (path) => readFileSync(join(root, path), 'utf8') };
}
