import { Problem, toPhaseWords } from '@pilotlight/contract';
import type { EngineView, ModelsView } from '@pilotlight/contract';

import type { ModelFolder } from '../adapters/model-folders.ts';
import type { PortOwner } from '../adapters/port-owner.ts';
import { toPrintable } from '../log/create-log.ts';

/** The address to open, in words. */
export function toGreeting(version: string, url: string): string {
  return `Pilotlight ${version} is at ${url}\n`;
}

export interface Places {
  readonly dataFolder: string;
  /** Whether conversations are in a Postgres, not in the data folder. Its address may hold a password. */
  readonly hasDatabase: boolean;
  readonly modelFolders: readonly ModelFolder[];
}

/** What the first look found: engines with what was tried, models with their phases; then where data is, and where files of models are looked for. */
export function toFindings(view: ModelsView, { dataFolder, hasDatabase, modelFolders }: Places): string {
  const engines = view.engines.map((engine) => [nameOf(engine), engine.reason] as const);
  const models = view.models.map(
    (model) => [model.default ? `${model.name} (default)` : model.name, `${toPhaseWords(model)}: ${model.reason}`] as const,
  );
  return [
    '\nEngines\n',
    ...toTable(engines),
    '\nModels\n',
    ...(models.length === 0 ? ['  none: put a .gguf file into the models folder, or start Ollama\n'] : toTable(models)),
    '\nData folder\n',
    `  ${toPrintable(dataFolder)}${hasDatabase ? ', and conversations in the database of DATABASE_URL' : ''}\n`,
    '\nFolders for .gguf files\n',
    ...modelFolders.map((folder) => `  ${toPrintable(folder.path)}${folderWords(folder)}\n`),
    '\nCtrl-C ends it.\n',
  ].join('');
}

function folderWords({ isThere, isNamed }: ModelFolder): string {
  if (isThere) return '';
  return isNamed ? ', which is not there: correct PILOTLIGHT_MODELS, or make it' : ', once it is made';
}

function nameOf(engine: EngineView): string {
  return engine.kind === 'llama.cpp' ? 'built in' : `${engine.kind} at ${engine.address}`;
}

function toTable(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length)) + 2;
  return rows.map(([left, right]) => `  ${toPrintable(left.padEnd(width))}${toPrintable(right)}\n`);
}

/** Why the data folder cannot be used, and the way out. */
export function toFolderFailure(error: unknown, folder: string): string {
  const { code, path } = error as { readonly code?: unknown; readonly path?: unknown };
  const place = toPrintable(typeof path === 'string' ? path : folder);
  switch (code) {
    case 'ENOTDIR':
      return `PILOTLIGHT_DATA: ${toPrintable(folder)} is ${place === toPrintable(folder) ? 'a file' : 'below a file'}; name a folder.\n`;
    case 'EACCES':
    case 'EPERM':
      return `PILOTLIGHT_DATA: this user may not write to ${place}; give the permission (chmod u+rwx), or name another folder.\n`;
    case 'EROFS':
      return `PILOTLIGHT_DATA: ${place} is on a read-only file system; name another folder.\n`;
    default:
      return `PILOTLIGHT_DATA: ${place} cannot be made (${typeof code === 'string' ? code : 'unknown cause'}); name another folder.\n`;
  }
}

/** Why the start failed at the store or after it, and the way out. */
export function toStartFailure(error: unknown): string {
  if (error instanceof Problem) {
    const remedy = error.code === 'storage_full' ? 'Free space on the disk of the data folder, then start it again.' : error.remedy;
    return `${error.detail}\n${remedy}\n`;
  }
  return `${error instanceof Error ? error.message : 'The server could not start.'}\n`;
}

/** Why the database of DATABASE_URL cannot be used, and the way out. */
export function toDatabaseFailure(error: unknown): string {
  if (!(error instanceof Problem)) return toStartFailure(error);
  const remedy =
    error.code === 'data_folder_in_use'
      ? 'Stop it, or name another database in DATABASE_URL.'
      : 'Correct DATABASE_URL or what it names, or take it out of the settings: then conversations are kept in the data folder.';
  return `${error.detail}\n${remedy}\n`;
}

/** Why the server cannot listen, and the way out. */
export function toListenFailure(
  error: unknown,
  { host, port, owner }: { host: string; port: number; owner: PortOwner | undefined },
): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  switch (code) {
    case 'EADDRINUSE': {
      const who =
        owner === undefined
          ? 'another process (the system does not say which)'
          : `process ${owner.pid}${owner.program === '' ? '' : ` (${toPrintable(owner.program.slice(0, 50))})`}`;
      return `Port ${port} is taken by ${who}.\nEnd it, or choose another port: PILOTLIGHT_PORT=${port + 1}\n`;
    }
    case 'EACCES':
      return `Port ${port} may not be used by this user.\nChoose one from 1024 on: PILOTLIGHT_PORT=8000\n`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${host} is no address of this machine.\nCorrect PILOTLIGHT_HOST; 127.0.0.1 always works.\n`;
    default:
      return `It is not possible to listen at ${host}, port ${port}: ${code === '' ? 'unknown cause' : code}.\nChange PILOTLIGHT_HOST or PILOTLIGHT_PORT.\n`;
  }
}
