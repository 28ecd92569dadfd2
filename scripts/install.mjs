import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * @typedef {{ name?: string, version?: string, link?: boolean, resolved?: string, optional?: boolean }} LockedPackage
 * @typedef {Record<string, LockedPackage>} LockedPackages
 */

/**
 * Why the packages must be installed, as the middle of a sentence; undefined if what is installed is what the lock file wants.
 * Packages of other platforms are locked as optional and not installed: those may be missing. Those that are locked under another name stand for
 * GPU builds that are left out; who installs the real one keeps it.
 * @param {LockedPackages} wanted
 * @param {LockedPackages | undefined} installed
 * @returns {string | undefined}
 */
export function whyInstall(wanted, installed) {
  if (installed === undefined) return 'they are not here yet';
  for (const [path, { name, version, link, resolved, optional }] of Object.entries(wanted)) {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) continue;
    const found = installed[path];
    if (optional === true && (found === undefined || name !== undefined)) continue;
    const dependency = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (found === undefined) return `${dependency} is missing`;
    if (link === true ? found.resolved !== resolved : found.version !== version) return `${dependency} is not the one that is locked`;
  }
  return undefined;
}

/**
 * Installs the packages if they are missing or not those of the lock file. Ends the process with npm's own words if that fails.
 * @param {string} root
 */
export function installIfNeeded(root) {
  const wanted = readPackages(join(root, 'package-lock.json')) ?? {};
  const why = whyInstall(wanted, readPackages(join(root, 'node_modules', '.package-lock.json')));
  if (why === undefined) return;
  const count = Object.values(wanted).filter(({ link, optional }) => link !== true && optional !== true).length;
  process.stdout.write(`Installing ${count} packages into node_modules (${why}). The first time this takes a minute or two …\n`);
  const start = Date.now();
  const result = npm(['ci', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'], root);
  if (result.status === 0) {
    process.stdout.write(`Installed in ${Math.round((Date.now() - start) / 1000)} s.\n`);
    return;
  }
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}${result.error === undefined ? '' : `${result.error.message}\n`}`);
  process.stderr.write(
    'npm could not install the packages; its words are above. It needs the npm registry, or its packages in its cache.\n',
  );
  process.exit(1);
}

/**
 * @param {string} file
 * @returns {LockedPackages | undefined}
 */
function readPackages(file) {
  if (!existsSync(file)) return undefined;
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

/**
 * The npm that started this, if one did; else the one on the PATH.
 * @param {readonly string[]} parameters
 * @param {string} cwd
 */
function npm(parameters, cwd) {
  const script = process.env['npm_execpath'];
  if (script !== undefined && /\.c?js$/.test(script))
    return spawnSync(process.execPath, [script, ...parameters], { cwd, encoding: 'utf8' });
  return spawnSync('npm', [...parameters], { cwd, encoding: 'utf8', shell: process.platform === 'win32' });
}
