import { parseEnv } from 'node:util';
import { originInWords, type Origin } from './origin.ts';
import { readFile, type FileContent } from './read-file.ts';
import type { ModelDefaultsOfFile } from './read-model-defaults.ts';
import type { TaskRoutes } from './read-tasks.ts';
import type { Parsed, Setting, Surroundings } from './setting.ts';
import { closest } from './suggestion.ts';
import { SETTING_NAMES, SETTINGS, toFlag, type SettingName, type SettingValues } from './table.ts';
import { isLoopback } from './values/host-name.ts';

export interface TextFile {
  readonly path: string;
  readonly text: string;
}

/** All that settings are made from. Nothing is read from anywhere else. */
export interface SettingsSources {
  readonly surroundings: Surroundings;
  /** By flag name without hyphens, as `parseArgs` gives them. */
  readonly flags?: Readonly<Record<string, string | boolean | undefined>>;
  readonly dotenv?: TextFile;
  readonly file?: TextFile;
}

export interface Settings extends SettingValues {
  readonly tasks: TaskRoutes;
  /** As they stand in the file, not checked yet. */
  readonly modelDefaults: ModelDefaultsOfFile;
  readonly origins: Readonly<Record<SettingName, Origin>>;
}

/** Problems and warnings are whole sentences for people; none ever holds a secret. */
export type SettingsResult =
  | { readonly ok: true; readonly settings: Settings; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problems: readonly string[]; readonly warnings: readonly string[] };

interface Found {
  readonly text: string;
  readonly origin: Origin;
}

/**
 * Settings from all their sources: the command line wins over the environment, that over `.env`, that over `pilotlight.yaml`, that over the
 * default. An empty value counts as not set. All problems are reported at once.
 */
export function resolveSettings(sources: SettingsSources): SettingsResult {
  const dotenv = sources.dotenv === undefined ? {} : parseEnv(sources.dotenv.text);
  const keys = SETTING_NAMES.map((name) => SETTINGS[name].key);
  const file: FileContent =
    sources.file === undefined ? { entries: new Map(), tasks: {}, modelDefaults: {}, problems: [] } : readFile(sources.file, keys);
  const problems = [...file.problems];
  const origins: Partial<Record<SettingName, Origin>> = {};
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const name of SETTING_NAMES) {
    const row: Setting<unknown> = SETTINGS[name];
    const found = find(row, { ...sources, dotenvValues: dotenv, fileContent: file });
    const parsed: Parsed<unknown> =
      found === undefined ? { ok: true, value: row.default(sources.surroundings) } : row.parse(found.text, sources.surroundings);
    if (parsed.ok) values[name] = parsed.value;
    else problems.push(toProblem(row, found, parsed.expected));
    origins[name] = found?.origin ?? { kind: 'default' };
  }
  const settings = { ...values, tasks: file.tasks, modelDefaults: file.modelDefaults, origins } as Settings;
  if (problems.length === 0) problems.push(...contradictions(settings));
  const warnings = unknownVariables(sources, dotenv);
  return problems.length === 0 ? { ok: true, settings, warnings } : { ok: false, problems, warnings };
}

interface Search extends SettingsSources {
  readonly dotenvValues: Readonly<Record<string, string | undefined>>;
  readonly fileContent: FileContent;
}

function find(row: Setting<unknown>, search: Search): Found | undefined {
  const { variable } = row;
  const flag = toFlag(row);
  const fileEntry = search.fileContent.entries.get(row.key);
  const join = (items: readonly string[]): string => items.join(row.separator?.(search.surroundings) ?? ' ');
  const candidates: readonly (readonly [text: string | undefined, origin: Origin])[] = [
    [row.isSecret === true ? undefined : search.flags?.[flag]?.toString(), { kind: 'flag', flag }],
    [search.surroundings.environment[variable], { kind: 'environment', variable }],
    [search.dotenvValues[variable], { kind: 'dotenv', variable, path: search.dotenv?.path ?? '.env' }],
    [
      typeof fileEntry?.text === 'object' ? join(fileEntry.text) : fileEntry?.text,
      { kind: 'file', key: row.key, path: search.file?.path ?? 'pilotlight.yaml', line: fileEntry?.line ?? 1 },
    ],
  ];
  for (const [text, origin] of candidates) {
    const trimmed = text?.trim();
    if (trimmed !== undefined && trimmed !== '') return { text: trimmed, origin };
  }
  return undefined;
}

function toProblem(row: Setting<unknown>, found: Found | undefined, expected: string): string {
  const shown = row.isSecret === true || found === undefined ? 'The value' : `"${found.text}"`;
  return `${row.variable}: ${shown} (${originInWords(found?.origin ?? { kind: 'default' })}) is not valid. It must be ${expected}.`;
}

/** Values that are right each for itself and wrong together. */
function contradictions(settings: Settings): readonly string[] {
  return [...openWithoutToken(settings), ...keysWithoutServer(settings)];
}

function openWithoutToken(settings: Settings): readonly string[] {
  if (isLoopback(settings.host) || settings.token !== undefined) return [];
  return [
    `PILOTLIGHT_HOST: "${settings.host}" (${originInWords(settings.origins.host)}) lets other machines in, so an access token is needed. Set PILOTLIGHT_TOKEN (\`openssl rand -hex 24\` makes one), or listen on 127.0.0.1.`,
  ];
}

function keysWithoutServer({ servers, serverKeys, origins }: Settings): readonly string[] {
  const names = Object.keys(servers);
  const known = names.length === 0 ? 'PILOTLIGHT_SERVERS names none' : `PILOTLIGHT_SERVERS has ${names.join(', ')}`;
  return Object.keys(serverKeys)
    .filter((name) => !names.includes(name))
    .map((name) => `PILOTLIGHT_SERVER_KEYS (${originInWords(origins.serverKeys)}): no server is called "${name}"; ${known}.`);
}

function unknownVariables(sources: SettingsSources, dotenv: Readonly<Record<string, string | undefined>>): readonly string[] {
  const known: readonly string[] = SETTING_NAMES.map((name) => SETTINGS[name].variable);
  const places: readonly (readonly [names: readonly string[], place: string])[] = [
    [Object.keys(sources.surroundings.environment), 'in the environment'],
    [Object.keys(dotenv), `in ${sources.dotenv?.path ?? '.env'}`],
  ];
  return places.flatMap(([names, place]) =>
    names
      .filter((name) => name.startsWith('PILOTLIGHT_') && !known.includes(name))
      .map((name) => {
        const meant = closest(name, known);
        return `${name} ${place} is no setting and does nothing.${meant === undefined ? '' : ` Did you mean ${meant}?`}`;
      }),
  );
}
