import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/** What the page is made from, relative to the root. */
const SOURCES = ['apps/web', 'packages/contract', 'package-lock.json'];
const SKIPPED = new Set(['node_modules', 'dist']);

/**
 * One hash over names and contents of all files in these places, whatever order the disk gives them in.
 * @param {string} root
 * @param {readonly string[]} places
 */
export function hashOf(root, places) {
  const hash = createHash('sha256');
  for (const path of places.flatMap((place) => filesIn(join(root, place)))) {
    hash
      .update(`${relative(root, path)}\0`)
      .update(readFileSync(path))
      .update('\0');
  }
  return hash.digest('hex');
}

/**
 * @param {string} path
 * @returns {string[]}
 */
function filesIn(path) {
  if (!statSync(path).isDirectory()) return [path];
  const names = readdirSync(path).filter((name) => !SKIPPED.has(name));
  return names.sort().flatMap((name) => filesIn(join(path, name)));
}

/**
 * Builds the page if it was never built or its sources have changed since. Ends the process with the build's own words if that fails.
 * @param {string} root
 * @param {string} node
 */
export function buildWebIfStale(root, node) {
  const built = join(root, 'apps', 'web', 'dist');
  const stamp = join(built, '.sources');
  const hash = hashOf(root, SOURCES);
  if (existsSync(join(built, 'index.html')) && existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return;
  process.stdout.write('Building the page; a few seconds …\n');
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const result = spawnSync(node, [vite, 'build', '--logLevel', 'warn'], { cwd: join(root, 'apps', 'web'), encoding: 'utf8' });
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}The page could not be built; the reason is above.\n`);
    process.exit(1);
  }
  writeFileSync(stamp, hash);
}
