import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

import { createTemporaryFolder } from '../temporary-folder.ts';
import { preparePostgres } from './find-postgres.ts';
import type { PostgresPrograms } from './find-postgres.ts';

export interface TestPostgres extends AsyncDisposable {
  readonly port: number;
  /** Of the process that starts all others of the server. */
  pid(): number;
  /** The address of a database, for its owner, who is the superuser `pilot` without a password unless others are named. */
  url(database?: string, user?: string, password?: string): string;
  /** Ends the server as a power cut does; its data stay. */
  crash(): Promise<void>;
  /** Ends the server in order: connections are told. */
  stop(): Promise<void>;
  /** Starts it again at the same port. */
  start(): Promise<void>;
}

export interface PostgresOptions {
  /** Whether commits wait for the disk, as they do in life; tests that end no server need not. */
  readonly isDurable?: boolean;
  /** More settings of the server, `name=value`. */
  readonly settings?: readonly string[];
  /** Where its data stay after it, in a folder that its user can reach; there they are found again. By default they end with it. */
  readonly dataFolder?: string;
}

/** Dies with the process that started it, however that ends: its standard input is then closed. */
const GUARD = '"$@" & child=$!; exec 2>&-; read -r how; kill -"${how:-QUIT}" "$child" 2>/dev/null; wait "$child"';
const READY = /database system is ready to accept connections/;

/** Starts a real Postgres server on this machine alone, with an empty database cluster unless its folder has one. `whyNoPostgres` says whether that is possible. */
export async function startPostgres({ isDurable = false, settings = [], dataFolder }: PostgresOptions = {}): Promise<TestPostgres> {
  await using opening = new AsyncDisposableStack();
  const { path } = opening.use(await createTemporaryFolder());
  const programs = preparePostgres(path);
  chmodSync(path, 0o755);
  const data = dataFolder ?? join(path, 'data');
  if (programs.user !== undefined) chownSync(path, programs.user.uid, programs.user.gid);
  if (!existsSync(join(data, 'PG_VERSION'))) initialise(programs, path, data);
  const port = await freePort();
  const own = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', `fsync=${isDurable ? 'on' : 'off'}`, ...settings];
  const parameters = ['-D', data, ...own.flatMap((setting) => ['-c', setting])];
  let running: Running | undefined = await run(programs, path, parameters);
  opening.defer(() => end('QUIT'));

  async function end(how: 'INT' | 'QUIT'): Promise<void> {
    const ended = running;
    running = undefined;
    if (ended === undefined) return;
    ended.child.stdin?.end(`${how}\n`);
    await ended.exited;
  }

  const owned = opening.move();
  return {
    port,
    pid: () => Number.parseInt(readFileSync(join(data, 'postmaster.pid'), 'utf8'), 10),
    url: (database = 'postgres', user = 'pilot', password = '') =>
      `postgres://${user}${password === '' ? '' : `:${encodeURIComponent(password)}`}@127.0.0.1:${port}/${database}`,
    crash: () => end('QUIT'),
    stop: () => end('INT'),
    async start() {
      running ??= await run(programs, path, parameters);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function initialise({ initdb, user, environment }: PostgresPrograms, cwd: string, data: string): void {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  if (user !== undefined) chownSync(data, user.uid, user.gid);
  const parameters = ['-D', data, '-U', 'pilot', '--auth=trust', '--encoding=UTF8', '--locale=C', '--no-sync', '--no-instructions'];
  const result = spawnSync(initdb, parameters, { ...user, cwd, env: environment, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`initdb failed: ${result.error?.message ?? result.stderr}`);
}

interface Running {
  readonly child: ChildProcess;
  readonly exited: Promise<unknown>;
}

/** Resolves when the server takes connections; rejects with its last words if it ends before. */
async function run({ postgres, user, environment }: PostgresPrograms, cwd: string, parameters: readonly string[]): Promise<Running> {
  const child = spawn('/bin/sh', ['-c', GUARD, 'sh', postgres, ...parameters], {
    ...user,
    cwd,
    env: environment,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const exited = once(child, 'exit');
  const words: string[] = [];
  const lines = createInterface(child.stderr);
  const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
  lines.on('line', (line) => {
    if (READY.test(line)) resolve();
    if (words.length < 50) words.push(line);
  });
  lines.once('close', () => reject(new Error(`Postgres ended before it was ready:\n${words.join('\n')}`)));
  child.stdin.on('error', () => undefined);
  try {
    await ready;
  } catch (error) {
    child.stdin.end('QUIT\n');
    await exited;
    throw error;
  }
  return { child, exited };
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
