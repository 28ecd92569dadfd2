import type { Setting } from './setting.ts';
import { parseMemory } from './values/bytes.ts';
import { parseDatabaseUrl } from './values/database-url.ts';
import { parseKeepAlive, parseLimit } from './values/duration.ts';
import { defaultDataFolder, folderSeparator, parseFolder, parseFolders } from './values/folder.ts';
import { parseAllowedHosts, parseListenHost } from './values/host-name.ts';
import { parseOllamaHosts } from './values/ollama-hosts.ts';
import { parseServerKeys, parseServers, type ByServer } from './values/servers.ts';
import { parseBoolean, parseChoice, parseEngineOrder, parseInteger, parseModelName, parseToken } from './values/plain.ts';

export const CONTEXT_POLICIES = ['stop', 'drop_oldest', 'summarise'] as const;
const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

const comma = (): string => ',';

function setting<T>(row: Setting<T>): Setting<T> {
  return row;
}

/** Every setting. Parser, `.env.example`, the schema of `pilotlight.yaml`, `--help` and docs/settings.md are all made from this table. */
export const SETTINGS = {
  ollamaHosts: setting<readonly string[]>({
    variable: 'OLLAMA_HOST',
    key: 'ollama_host',
    title: 'where Ollama is',
    details:
      "Takes every form that Ollama's own client takes, and several of them separated by commas. Without a scheme the port is 11434; with http:// it is 80, with https:// 443. 0.0.0.0 and :: mean this machine.",
    placeholder: 'ADDRESS[,ADDRESS]',
    examples: ['127.0.0.1:11434', ':11435', 'https://ollama.example.com/api-root', 'gpu-1:11434,gpu-2:11434', '[fd00::1]:11434'],
    defaultText: '127.0.0.1:11434',
    default: () => ['http://127.0.0.1:11434'],
    parse: parseOllamaHosts,
    separator: comma,
    schema: { type: ['string', 'array'], items: { type: 'string' } },
  }),
  ollamaModel: setting({
    variable: 'OLLAMA_MODEL',
    key: 'ollama_model',
    title: 'the model that is used when none is named',
    details: 'It is loaded at the start, in the background. Where no engine has it, the pilot model takes its place.',
    placeholder: 'MODEL',
    examples: ['mistral:latest', 'qwen3:8b'],
    defaultText: 'mistral:latest',
    default: () => 'mistral:latest',
    parse: parseModelName,
    schema: { type: 'string', minLength: 1 },
  }),
  ollamaTimeoutMs: setting({
    variable: 'OLLAMA_TIMEOUT',
    key: 'ollama_timeout',
    title: 'how long a load may go without progress, in seconds',
    details:
      'Progress renews it, so that a slow disk does not fail a load that moves. It holds for every engine. A duration such as 5m is taken as well.',
    placeholder: 'SECONDS',
    examples: ['300', '10m'],
    defaultText: '300',
    default: () => 300_000,
    parse: parseLimit,
    schema: { type: ['number', 'string'], minimum: 1 },
  }),
  ollamaStream: setting({
    variable: 'OLLAMA_STREAM',
    key: 'ollama_stream',
    title: 'whether the text of an answer is sent while it is written',
    details: 'With false the text is sent in one piece when the answer is whole.',
    placeholder: 'true|false',
    examples: ['true', 'false'],
    defaultText: 'true',
    default: () => true,
    parse: parseBoolean,
    schema: { type: 'boolean' },
    isSwitch: true,
  }),
  keepAliveMs: setting({
    variable: 'OLLAMA_KEEP_ALIVE',
    key: 'ollama_keep_alive',
    title: 'how long a model that nobody uses stays in memory',
    details: 'It holds for every engine. A number counts seconds; -1 keeps it for ever, 0 unloads it at once.',
    placeholder: 'DURATION',
    examples: ['5m', '1h30m', '-1', '0'],
    defaultText: '5m',
    default: () => 300_000,
    parse: parseKeepAlive,
    schema: { type: ['number', 'string'] },
  }),
  ollamaParallel: setting({
    variable: 'OLLAMA_NUM_PARALLEL',
    key: 'ollama_num_parallel',
    title: 'how many answers Ollama writes at once for each model',
    details:
      'The same value as the Ollama server has, which does not tell it. More requests than that wait here, where their place is shown, and not inside Ollama, where nobody sees them.',
    placeholder: 'NUMBER',
    examples: ['1', '4'],
    defaultText: '1',
    default: () => 1,
    parse: parseInteger(1, 1_024),
    schema: { type: 'integer', minimum: 1, maximum: 1_024 },
  }),
  memoryBudgetBytes: setting<number | undefined>({
    variable: 'MEMORY_BUDGET',
    key: 'memory_budget',
    title: 'how much memory the models on this machine may take together',
    details:
      'With a unit: GB and MB count in thousands, GiB and MiB in 1,024s. It holds for the built-in engine and an Ollama on this machine together. What is not free is not taken, whatever the budget says.',
    placeholder: 'AMOUNT',
    examples: ['12GB', '6GiB'],
    defaultText: 'what the machine has free',
    default: () => undefined,
    parse: parseMemory,
    schema: { type: ['string', 'integer'], minimum: 1_000_000 },
  }),
  servers: setting<ByServer>({
    variable: 'PILOTLIGHT_SERVERS',
    key: 'servers',
    title: 'more servers with models, such as vLLM, llama-server or LM Studio',
    details:
      'Any server that speaks the API of OpenAI. Several are separated by commas, each with a name before its address or called by its host and port. An address without a path means /v1. Models are looked for in this order, after the built-in ones and those of Ollama.',
    placeholder: '[NAME=]ADDRESS[,…]',
    examples: ['http://127.0.0.1:8080', 'gpu=http://gpu-1:8000/v1,studio=http://127.0.0.1:1234/v1'],
    defaultText: 'none',
    default: () => ({}),
    parse: parseServers,
    separator: comma,
    schema: { type: ['string', 'array'], items: { type: 'string' } },
  }),
  serverKeys: setting<ByServer>({
    variable: 'PILOTLIGHT_SERVER_KEYS',
    key: 'server_keys',
    title: 'the access keys of those servers',
    details: 'NAME=KEY, by the names of PILOTLIGHT_SERVERS. Each key is sent to its own server alone. Never shown and never logged.',
    placeholder: 'NAME=KEY[,…]',
    examples: [],
    defaultText: 'none',
    default: () => ({}),
    parse: parseServerKeys,
    separator: comma,
    schema: { type: ['string', 'array'], items: { type: 'string' } },
    isSecret: true,
  }),
  serverSlots: setting({
    variable: 'PILOTLIGHT_SERVER_SLOTS',
    key: 'server_slots',
    title: 'how many answers such a server writes at once for each model',
    details: 'llama-server tells it, and that counts. More requests than that wait here, where their place is shown.',
    placeholder: 'NUMBER',
    examples: ['4', '32'],
    defaultText: '4',
    default: () => 4,
    parse: parseInteger(1, 1_024),
    schema: { type: 'integer', minimum: 1, maximum: 1_024 },
  }),
  engineOrder: setting<readonly string[]>({
    variable: 'PILOTLIGHT_ENGINE_ORDER',
    key: 'engine_order',
    title: 'which engine is preferred where several have the same model',
    details:
      'The names of engines as GET /api/models shows them, the preferred one first; the others follow as they are configured. A model that one of them has in memory is used there; one that is away, full or keeps failing is passed over.',
    placeholder: 'NAME[,NAME]',
    examples: ['gpu,ollama', 'ollama@fast-pc:11434,ollama@localhost:11434'],
    defaultText: 'the built-in engine, then Ollama, then servers',
    default: () => [],
    parse: parseEngineOrder,
    separator: comma,
    schema: { type: ['string', 'array'], items: { type: 'string' } },
  }),
  spillAfterMs: setting({
    variable: 'PILOTLIGHT_SPILL_AFTER',
    key: 'spill_after',
    title: 'how long a request waits for a busy engine before another one that has the model takes it, in seconds',
    details: 'It concerns only models that several engines have. A duration such as 1m is taken as well.',
    placeholder: 'SECONDS',
    examples: ['10', '1m'],
    defaultText: '10',
    default: () => 10_000,
    parse: parseLimit,
    schema: { type: ['number', 'string'], minimum: 1 },
  }),
  modelRetries: setting({
    variable: 'MODEL_RETRIES',
    key: 'model_retries',
    title: 'how often one request is tried at most',
    details:
      'A failure before the first word is tried again. After it, an answer goes on where it broke off, and only with a model that is known or found to go on from a beginning.',
    placeholder: 'NUMBER',
    examples: ['6', '1'],
    defaultText: '6',
    default: () => 6,
    parse: parseInteger(1, 20),
    schema: { type: 'integer', minimum: 1, maximum: 20 },
  }),
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
