import { ENGINE_SETTINGS } from './engine-settings.ts';
import { comma, setting } from './setting.ts';
import type { Setting } from './setting.ts';
import { parseDatabaseUrl } from './values/database-url.ts';
import { defaultDataFolder, folderSeparator, parseFolder, parseFolders } from './values/folder.ts';
import { parseAllowedHosts, parseListenHost } from './values/host-name.ts';
import { parseBoolean, parseChoice, parseInteger, parseToken } from './values/plain.ts';

export const CONTEXT_POLICIES = ['stop', 'drop_oldest', 'summarise'] as const;
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** Every setting. Parser, `.env.example`, the schema of `pilotlight.yaml`, `--help` and docs/settings.md are all made from this table. */
export const SETTINGS = {
  ...ENGINE_SETTINGS,
  host: setting({
    variable: 'PILOTLIGHT_HOST',
    key: 'host',
    title: 'the address to listen on',
    details: 'Anything but this machine alone (127.0.0.1, ::1, localhost) needs PILOTLIGHT_TOKEN.',
    placeholder: 'ADDRESS',
    examples: ['127.0.0.1', '0.0.0.0', '::1'],
    defaultText: '127.0.0.1',
    default: () => '127.0.0.1',
    parse: parseListenHost,
    schema: { type: 'string', minLength: 1 },
  }),
  port: setting({
    variable: 'PILOTLIGHT_PORT',
    key: 'port',
    title: 'the port to listen on',
    details: 'With 0 any free port is taken, and printed.',
    placeholder: 'PORT',
    examples: ['8000', '8080'],
    defaultText: '8000',
    default: () => 8_000,
    parse: parseInteger(0, 65_535),
    schema: { type: 'integer', minimum: 0, maximum: 65_535 },
  }),
  dataFolder: setting({
    variable: 'PILOTLIGHT_DATA',
    key: 'data',
    title: 'the folder for conversations and models',
    details: 'Every .gguf file in its folder models/ is a model. It is made if it is missing.',
    placeholder: 'FOLDER',
    examples: ['~/pilotlight', '/var/lib/pilotlight'],
    defaultText: '~/.local/share/pilotlight, or what the platform has for it',
    default: defaultDataFolder,
    parse: parseFolder,
    schema: { type: 'string', minLength: 1 },
  }),
  databaseUrl: setting<string | undefined>({
    variable: 'DATABASE_URL',
    key: 'database_url',
    title: 'a Postgres database that conversations are kept in, in place of a file in the data folder',
    details:
      'postgres://USER:PASSWORD@HOST:5432/DATABASE, where a character of the password that is no letter or digit is written as %HH. Postgres 14 or newer, encoding UTF8; the user owns the database, or may make a schema in it: everything is in the schema pilotlight. After ?sslmode= stands disable (as without it), require, verify-ca or verify-full; sslrootcert names a file with certificates. One server at a time uses a database, by a direct connection or a pooler that keeps sessions. Never shown and never logged.',
    placeholder: 'ADDRESS',
    examples: [],
    defaultText: 'none: a file in the data folder',
    default: () => undefined,
    parse: parseDatabaseUrl,
    schema: { type: 'string', minLength: 1 },
    isSecret: true,
  }),
  undoSeconds: setting({
    variable: 'PILOTLIGHT_UNDO',
    key: 'undo',
    title: 'how long a deleted conversation can be restored, in seconds',
    details:
      'It is hidden at once, and removed from the database after this time, also over a restart. With 0 nothing can be restored. At most 30 days.',
    placeholder: 'SECONDS',
    examples: ['300', '0', '86400'],
    defaultText: '300',
    default: () => 300,
    parse: parseInteger(0, 2_592_000),
    schema: { type: 'integer', minimum: 0, maximum: 2_592_000 },
  }),
  contextPolicy: setting<(typeof CONTEXT_POLICIES)[number]>({
    variable: 'PILOTLIGHT_CONTEXT',
    key: 'context',
    title: 'what is done with a conversation that is longer than its model holds',
    details:
      'drop_oldest leaves the oldest questions with their answers out; summarise lets the model write a summary of them first, and leaves them out where it cannot; stop sends nothing and says the figures. The receipt of each answer says what was left out. A conversation or a request can say something else.',
    placeholder: 'POLICY',
    examples: ['drop_oldest', 'summarise', 'stop'],
    defaultText: 'drop_oldest',
    default: () => 'drop_oldest',
    parse: parseChoice(CONTEXT_POLICIES),
    schema: { type: 'string', enum: CONTEXT_POLICIES },
  }),
  improvesTitles: setting({
    variable: 'PILOTLIGHT_TITLES',
    key: 'titles',
    title: 'whether a model writes the titles of conversations',
    details:
      'With false, and until it has been done, a title is the first words of the first question. It is background work: only a model that is in memory and idle does it, and it gives way to every request. A title that somebody has given stays.',
    placeholder: 'true|false',
    examples: ['true', 'false'],
    defaultText: 'true',
    default: () => true,
    parse: parseBoolean,
    schema: { type: 'boolean' },
    isSwitch: true,
  }),
  modelFolders: setting<readonly string[]>({
    variable: 'PILOTLIGHT_MODELS',
    key: 'models',
    title: 'more folders with .gguf files',
    details: 'Several are separated by a colon, on Windows by a semicolon; in pilotlight.yaml they are a list.',
    placeholder: 'FOLDER[:FOLDER]',
    examples: ['~/models', '~/models:/srv/models'],
    defaultText: 'none',
    default: () => [],
    parse: parseFolders,
    separator: folderSeparator,
    schema: { type: ['string', 'array'], items: { type: 'string' } },
  }),
  token: setting<string | undefined>({
    variable: 'PILOTLIGHT_TOKEN',
    key: 'token',
    title: 'the access token that every request must carry',
    details: 'At least 16 characters. It is sent as "Authorization: Bearer …". Never shown and never logged.',
    placeholder: 'TOKEN',
    examples: [],
    defaultText: 'none',
    default: () => undefined,
    parse: parseToken,
    schema: { type: 'string', minLength: 16 },
    isSecret: true,
  }),
  allowedHosts: setting<readonly string[]>({
    variable: 'PILOTLIGHT_ALLOWED_HOSTS',
    key: 'allowed_hosts',
    title: 'more host names under which this server may be reached',
    details:
      'The address it listens on and localhost are always allowed, each with its port. A name without a port is allowed with the port of the server. Needed behind a proxy that has a name of its own.',
    placeholder: 'NAME[,NAME]',
    examples: ['pilot.home', 'pilot.home:8443,chat.example.com'],
    defaultText: 'none',
    default: () => [],
    parse: parseAllowedHosts,
    separator: comma,
    schema: { type: ['string', 'array'], items: { type: 'string' } },
  }),
  logLevel: setting<(typeof LOG_LEVELS)[number]>({
    variable: 'LOG_LEVEL',
    key: 'log_level',
    title: 'from which severity on lines are logged',
    details: 'Readable on a terminal, one JSON object a line elsewhere.',
    placeholder: 'LEVEL',
    examples: [...LOG_LEVELS],
    defaultText: 'info',
    default: () => 'info',
    parse: parseChoice(LOG_LEVELS),
    schema: { type: 'string', enum: LOG_LEVELS },
  }),
  logContent: setting({
    variable: 'LOG_CONTENT',
    key: 'log_content',
    title: 'whether prompts and answers are logged as well',
    details: 'Off unless you ask for it: what people write is theirs.',
    placeholder: 'true|false',
    examples: ['false', 'true'],
    defaultText: 'false',
    default: () => false,
    parse: parseBoolean,
    schema: { type: 'boolean' },
    isSwitch: true,
  }),
};

export type SettingName = keyof typeof SETTINGS;

/** The values of all settings. */
export type SettingValues = { readonly [Name in SettingName]: (typeof SETTINGS)[Name] extends Setting<infer Value> ? Value : never };

export const SETTING_NAMES = Object.keys(SETTINGS).filter((name): name is SettingName => name in SETTINGS);

/** The flag of a setting without its two hyphens: `ollama-host`. */
export function toFlag(row: { readonly key: string }): string {
  return row.key.replaceAll('_', '-');
}
