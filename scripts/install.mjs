import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findNode, hasGlibc, thisMachine } from './find-node.mjs';

/**
 * @typedef {{
 *   name?: string, version?: string, link?: boolean, resolved?: string, integrity?: string, optional?: boolean,
 *   os?: readonly string[], cpu?: readonly string[], libc?: readonly string[], engines?: Record<string, string>,
 * }} LockedPackage
 * @typedef {Record<string, LockedPackage>} LockedPackages
 * @typedef {{ platform: string, arch: string, libc: string }} Platform
 */

/**
 * Why the packages must be installed, as the middle of a sentence; undefined if what is installed is what the lock file wants.
 * Packages of other platforms are locked as optional and not installed: those may be missing. Those that are locked under another name stand for
 * GPU builds that are left out; who installs the real one keeps it.
 * @param {LockedPackages} wanted
 * @param {LockedPackages | undefined} installed
 * @param {Platform} platform
 * @returns {string | undefined}
 */
export function whyInstall(wanted, installed, platform) {
  if (installed === undefined) return 'they are not here yet';
  for (const [path, locked] of Object.entries(wanted)) {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) continue;
    const found = installed[path];
    if (locked.optional === true && (found === undefined ? !isForThis(locked, platform) : locked.name !== undefined)) continue;
    const dependency = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (found === undefined) return `${dependency} is missing`;
    const isSame = locked.link === true ? found.resolved === locked.resolved : found.version === locked.version;
    if (!isSame) return `${dependency} is not the one that is locked`;
  }
  return undefined;
}

/**
 * Whether an optional package is a program for this very platform. npm leaves such a one out, without a word, where it runs on a Node that is
 * older than the package wants.
 * @param {LockedPackage} locked
 * @param {Platform} platform
 */
function isForThis({ os, cpu, libc, integrity, engines }, platform) {
  if (os === undefined || cpu === undefined || integrity === undefined || engines === undefined) return false;
  return os.includes(platform.platform) && cpu.includes(platform.arch) && (libc?.includes(platform.libc) ?? true);
}

/**
 * Installs the packages if they are missing or not those of the lock file. Ends the process with npm's own words if that fails.
 * @param {string} root
 */
export function installIfNeeded(root) {
  const wanted = readPackages(join(root, 'package-lock.json')) ?? {};
  const machine = thisMachine();
  const platform = { platform: machine.platform, arch: machine.arch, libc: hasGlibc(machine) ? 'glibc' : 'musl' };
  const why = () => whyInstall(wanted, readPackages(join(root, 'node_modules', '.package-lock.json')), platform);
  const reason = why();
  if (reason === undefined) return;
  const count = Object.values(wanted).filter(({ link, optional }) => link !== true && optional !== true).length;
  process.stdout.write(`Installing ${count} packages into node_modules (${reason}). The first time this takes a minute or two …\n`);
  const start = Date.now();
  runNpmCi(root, process.execPath);
  if (why() !== undefined) withCopyOf(findNode(), (node) => runNpmCi(root, node));
  process.stdout.write(`Installed in ${Math.round((Date.now() - start) / 1000)} s.\n`);
}

/**
 * The Node that was just installed, copied to where an install does not replace it: it installs what an older Node leaves out.
 * @param {string | undefined} node
 * @param {(node: string) => void} use
 */
function withCopyOf(node, use) {
  if (node === undefined || node === process.execPath) return;
  const folder = mkdtempSync(join(tmpdir(), 'pilotlight-install-'));
  try {
    const copy = join(folder, process.platform === 'win32' ? 'node.exe' : 'node');
    copyFileSync(node, copy);
    use(copy);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
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
 * @param {string} root
 * @param {string} node
 */
function runNpmCi(root, node) {
  const result = npm(['ci', '--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts'], { cwd: root, node });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}${result.error === undefined ? '' : `${result.error.message}\n`}`);
  process.stderr.write(
    'npm could not install the packages; its words are above. It needs the npm registry, or its packages in its cache.\n',
  );
  process.exit(1);
}

/**
 * The npm that started this, if one did, run by the given Node; else the one on the PATH.
 * @param {readonly string[]} parameters
 * @param {{ cwd: string, node: string }} place
 */
function npm(parameters, { cwd, node }) {
  const script = process.env['npm_execpath'];
  if (script !== undefined && /\.c?js$/.test(script)) return spawnSync(node, [script, ...parameters], { cwd, encoding: 'utf8' });
  const path = `${join(node, '..')}${process.platform === 'win32' ? ';' : ':'}${process.env['PATH'] ?? ''}`;
  return spawnSync('npm', [...parameters], {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, PATH: path },
    shell: process.platform === 'win32',
  });
}
