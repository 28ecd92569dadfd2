import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
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
  const tracked = existsSync(join(root, '.git')) ? trackedIn(root) : paths;
  return { paths: paths.toSorted(), tracked, read: (path) => readFileSync(join(root, path), 'utf8') };
}

/** Everything that git has in its index. A copy without git has what is there and no more. */
function trackedIn(root: string): readonly string[] {
  const list = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return list.split('\0').filter((path) => path !== '');
}
