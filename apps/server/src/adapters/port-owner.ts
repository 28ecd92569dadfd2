import { execFile } from 'node:child_process';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';

export interface PortOwner {
  readonly pid: number;
  /** The name of its program alone: the rest of a command line may hold the secrets of others. */
  readonly program: string;
}

const run = promisify(execFile);
const TIME_LIMIT_MS = 2_000;

/** Which process listens at a port, as far as this user may know; undefined if not at all. Never rejects. */
export async function findPortOwner(port: number): Promise<PortOwner | undefined> {
  try {
    return process.platform === 'linux' ? await findInProc(port) : await findWithLsof(port);
  } catch {
    return undefined;
  }
}

async function findInProc(port: number): Promise<PortOwner | undefined> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => '')));
  const inodes = new Set(tables.flatMap((table) => listeningInodes(table, port)));
  if (inodes.size === 0) return undefined;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  for (const pid of pids) {
    const links = await linksOf(`/proc/${pid}/fd`);
    if (links.some((link) => inodes.has(link))) return { pid: Number(pid), program: await programOf(pid) };
  }
  return undefined;
}

/** Rows of `/proc/net/tcp` in the state LISTEN (0A) at this port, as their sockets are called in `/proc/PID/fd`. */
export function listeningInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return table
    .split('\n')
    .slice(1)
    .map((row) => row.trim().split(/\s+/))
    .filter((columns) => columns[3] === '0A' && columns[1]?.endsWith(suffix))
    .map((columns) => `socket:[${columns[9]}]`);
}

async function linksOf(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return Promise.all(names.map((name) => readlink(`${folder}/${name}`).catch(() => '')));
}

async function programOf(pid: string): Promise<string> {
  return basename(await readlink(`/proc/${pid}/exe`).catch(() => ''));
}

async function findWithLsof(port: number): Promise<PortOwner | undefined> {
  const { stdout } = await run('lsof', ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'], { timeout: TIME_LIMIT_MS });
  const pid = /^p(\d+)$/m.exec(stdout)?.[1];
  const program = /^c(.+)$/m.exec(stdout)?.[1];
  return pid === undefined ? undefined : { pid: Number(pid), program: program ?? '' };
}
