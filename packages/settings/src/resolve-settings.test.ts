import { describe, expect, test } from 'vitest';
import { describeSettings } from './describe-settings.ts';
import { toHelpText } from './documents/help-text.ts';
import { toSettingsPage } from './documents/settings-page.ts';
import { flagOptions } from './flags.ts';
import { resolveSettings, type Settings, type SettingsResult, type SettingsSources } from './resolve-settings.ts';

interface Given {
  readonly flags?: SettingsSources['flags'];
  readonly environment?: Readonly<Record<string, string>>;
  readonly dotenv?: string;
  readonly yaml?: string;
}

function resolve(given: Given): SettingsResult {
  return resolveSettings({
    surroundings: { platform: 'linux', home: '/home/ada', folder: '/srv', environment: given.environment ?? {} },
    ...(given.flags === undefined ? {} : { flags: given.flags }),
    ...(given.dotenv === undefined ? {} : { dotenv: { path: '.env', text: given.dotenv } }),
    ...(given.yaml === undefined ? {} : { file: { path: 'pilotlight.yaml', text: given.yaml } }),
  });
}

function settingsOf(given: Given): Settings {
  const result = resolve(given);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.settings;
}

function problemsOf(given: Given): readonly string[] {
  const result = resolve(given);
  return result.ok ? [] : result.problems;
}

test('without any source everything has its default, and says so', () => {
  const settings = settingsOf({});
  expect(settings).toMatchObject({
    ollamaHosts: ['http://127.0.0.1:11434'],
    ollamaModel: 'mistral:latest',
    ollamaTimeoutMs: 300_000,
    ollamaStream: true,
    keepAliveMs: 300_000,
    modelRetries: 6,
    host: '127.0.0.1',
    port: 8_000,
    dataFolder: '/home/ada/.local/share/pilotlight',
    modelFolders: [],
    allowedHosts: [],
    logLevel: 'info',
    logContent: false,
    tasks: {},
  });
  expect(settings.token).toBeUndefined();
  expect(new Set(Object.values(settings.origins).map((origin) => origin.kind))).toEqual(new Set(['default']));
});

describe('of several sources', () => {
  const yaml = 'port: 1001\n';
  const dotenv = 'PILOTLIGHT_PORT=1002\n';
  const environment = { PILOTLIGHT_PORT: '1003' };
  const flags = { port: '1004' };
  test.each([
    [{ yaml }, 1_001, { kind: 'file', key: 'port', path: 'pilotlight.yaml', line: 1 }],
    [{ yaml, dotenv }, 1_002, { kind: 'dotenv', variable: 'PILOTLIGHT_PORT', path: '.env' }],
    [{ yaml, dotenv, environment }, 1_003, { kind: 'environment', variable: 'PILOTLIGHT_PORT' }],
    [{ yaml, dotenv, environment, flags }, 1_004, { kind: 'flag', flag: 'port' }],
  ])('the first in the order wins: %j', (given: Given, port, origin) => {
    const settings = settingsOf(given);
    expect(settings.port).toBe(port);
    expect(settings.origins.port).toEqual(origin);
  });
  test('an empty value counts as not set', () => {
    expect(settingsOf({ yaml, dotenv: 'PILOTLIGHT_PORT=\n', environment: { PILOTLIGHT_PORT: ' ' } }).port).toBe(1_001);
  });
  test('a wrong value is not hidden by a right one of lower rank', () => {
    expect(problemsOf({ yaml, environment: { PILOTLIGHT_PORT: 'x' } })).toHaveLength(1);
  });
});

test('a switch is given without a value, or with --no-', () => {
  const settings = settingsOf({ flags: { 'log-content': true, 'ollama-stream': false } });
  expect([settings.logContent, settings.ollamaStream]).toEqual([true, false]);
});

describe('a secret', () => {
  test('has no option on the command line, where every user of the machine would see it', () => {
    expect(Object.keys(flagOptions())).toContain('port');
    for (const flag of ['token', 'server-keys']) {
      expect(Object.keys(flagOptions())).not.toContain(flag);
      for (const text of [toHelpText(), toSettingsPage()]) expect(text).not.toContain(`--${flag}`);
    }
    expect(toHelpText()).toContain('PILOTLIGHT_TOKEN');
  });
  test('is not taken from there either', () => {
    expect(settingsOf({ flags: { token: 'a-token-of-more-than-16-characters' } }).token).toBeUndefined();
  });
});

describe('a wrong value', () => {
  test('names the setting, where it came from and what would be right', () => {
    expect(problemsOf({ environment: { PILOTLIGHT_PORT: '80000' } })).toEqual([
      'PILOTLIGHT_PORT: "80000" (PILOTLIGHT_PORT in the environment) is not valid. It must be a whole number from 0 to 65535.',
    ]);
    expect(problemsOf({ flags: { 'log-level': 'loud' } })[0]).toContain('(--log-level on the command line)');
    expect(problemsOf({ yaml: '# comment\nmodel_retries: many\n' })[0]).toContain('(model_retries in pilotlight.yaml, line 2)');
    expect(problemsOf({ dotenv: 'OLLAMA_HOST=ftp://x\n' })[0]).toContain('(OLLAMA_HOST in .env)');
  });
  test('is reported together with all the others', () => {
    expect(problemsOf({ environment: { PILOTLIGHT_PORT: 'x', OLLAMA_TIMEOUT: 'y' }, yaml: 'prot: 1\n' })).toHaveLength(3);
  });
  test('of a secret is not repeated', () => {
    const [problem] = problemsOf({ environment: { PILOTLIGHT_TOKEN: 'hunter2' } });
    expect(problem).toContain('PILOTLIGHT_TOKEN');
    expect(problem).not.toContain('hunter2');
  });
});

describe('pilotlight.yaml', () => {
  test('takes lists, numbers and switches as YAML has them', () => {
    const settings = settingsOf({
      yaml: 'ollama_host: [gpu-1, "gpu-2:5000"]\nmodels:\n  - ~/models\n  - /srv/models\nollama_keep_alive: -1\nlog_content: true\nallowed_hosts: pilot.home\n',
    });
    expect(settings).toMatchObject({
      ollamaHosts: ['http://gpu-1:11434', 'http://gpu-2:5000'],
      modelFolders: ['/home/ada/models', '/srv/models'],
      keepAliveMs: Infinity,
      logContent: true,
      allowedHosts: ['pilot.home'],
    });
  });
  test('that is empty or all comments sets nothing', () => {
    expect(settingsOf({ yaml: '' }).port).toBe(8_000);
    expect(settingsOf({ yaml: '# port: 1\n' }).port).toBe(8_000);
  });
  test('refuses a key that nobody knows and says which was meant', () => {
    expect(problemsOf({ yaml: 'host: ::1\nprot: 8001\n' })).toEqual([
      'pilotlight.yaml, line 2: there is no setting "prot". Did you mean "port"?',
    ]);
    expect(problemsOf({ yaml: 'elephants: 3\n' })).toEqual(['pilotlight.yaml, line 1: there is no setting "elephants".']);
  });
  test.each([
    ['port: 1\nport: 2\n', 'not valid YAML'],
    ['port: [\n', 'not valid YAML'],
    ['- port\n', 'must hold settings'],
    ['just text\n', 'must hold settings'],
    ['port: {a: 1}\n', '"port" must be one value or a list'],
    ['models: [[a]]\n', '"models" must be one value or a list'],
  ])('refuses %j', (yaml, words) => {
    expect(problemsOf({ yaml })[0]).toContain(words);
  });
  test('gives every task its models in order and a fallback', () => {
    const yaml = 'tasks:\n  code: {models: [codellama, "mistral:7b"], fallback: pilot:latest}\n  title:\n    models: pilot\n';
    expect(settingsOf({ yaml }).tasks).toEqual({
      code: { models: ['codellama:latest', 'mistral:7b'], fallback: 'pilot:latest' },
      title: { models: ['pilot:latest'] },
    });
  });
  test.each([
    ['tasks: [code]\n', '"tasks" must name tasks'],
    ['tasks: {code: mistral}\n', 'the task "code" must be {models'],
    ['tasks: {code: {models: []}}\n', 'the task "code" names no model'],
    ['tasks: {code: {fallback: x}}\n', 'the task "code" names no model'],
    ['tasks: {code: {models: [a], falback: x}}\n', 'Did you mean "fallback"?'],
    ['tasks: {code: {models: [a], zebra: x}}\n', 'It has models and fallback.'],
    ['tasks: {code: {models: ["a b"]}}\n', 'must be the name of a model'],
    ['tasks: {"Code!": {models: [a]}}\n', 'is no name for a task'],
  ])('refuses the tasks of %j', (yaml, words) => {
    expect(problemsOf({ yaml }).join('\n')).toContain(words);
  });
});

test('PILOTLIGHT_ variables that nobody knows are warned about, others are not ours', () => {
  const result = resolve({
    environment: { PILOTLIGHT_PROT: '1', OLLAMA_MODELS: '/x', HOME: '/x' },
    dotenv: 'PILOTLIGHT_ZEBRA_CROSSING=1\n',
  });
  expect(result.ok).toBe(true);
  expect(result.warnings).toEqual([
    'PILOTLIGHT_PROT in the environment is no setting and does nothing. Did you mean PILOTLIGHT_PORT?',
    'PILOTLIGHT_ZEBRA_CROSSING in .env is no setting and does nothing.',
  ]);
});

test('listening for other machines without a token is refused, with the way out', () => {
  expect(problemsOf({ environment: { PILOTLIGHT_HOST: '0.0.0.0' } })[0]).toContain('Set PILOTLIGHT_TOKEN');
  expect(problemsOf({ environment: { PILOTLIGHT_HOST: '0.0.0.0', PILOTLIGHT_TOKEN: '0123456789abcdef' } })).toEqual([]);
  expect(problemsOf({ environment: { PILOTLIGHT_HOST: '::1' } })).toEqual([]);
});

test('settings in words never show a secret', () => {
  const words = describeSettings(settingsOf({ environment: { PILOTLIGHT_TOKEN: '0123456789abcdef', OLLAMA_KEEP_ALIVE: '-1' } }));
  expect(JSON.stringify(words)).not.toContain('0123456789abcdef');
  expect(words).toContainEqual({ variable: 'PILOTLIGHT_TOKEN', value: 'set, not shown', origin: 'PILOTLIGHT_TOKEN in the environment' });
  expect(words).toContainEqual({ variable: 'OLLAMA_KEEP_ALIVE', value: 'for ever', origin: 'OLLAMA_KEEP_ALIVE in the environment' });
  expect(words).toContainEqual({ variable: 'OLLAMA_TIMEOUT', value: '300 s', origin: 'the default' });
  expect(words).toContainEqual({ variable: 'PILOTLIGHT_PORT', value: '8000', origin: 'the default' });
});

describe('defaults of models', () => {
  test('are read as they stand, with their place', () => {
    const yaml =
      'model_defaults:\n  mistral:\n    options: {temperature: 0.3, stop: ["END"]}\n  "hf.co/org/x:q4":\n    profile: {slots: 2}\n';
    expect(settingsOf({ yaml }).modelDefaults).toEqual({
      'mistral:latest': { where: 'pilotlight.yaml, line 2', value: { options: { temperature: 0.3, stop: ['END'] } } },
      'hf.co/org/x:q4': { where: 'pilotlight.yaml, line 4', value: { profile: { slots: 2 } } },
    });
    expect(settingsOf({ yaml: 'model_defaults:\n' }).modelDefaults).toEqual({});
  });

  test.each([
    ['model_defaults: 7\n', 'pilotlight.yaml, line 1: "model_defaults" must name models, each with {options: {…}, profile: {…}}.'],
    ['model_defaults:\n  mistral: 7\n', 'pilotlight.yaml, line 2: what is set for "mistral" must be {options: {…}, profile: {…}}.'],
    ['model_default:\n  mistral: {}\n', 'pilotlight.yaml, line 1: there is no setting "model_default". Did you mean "model_defaults"?'],
  ])('%j is a problem', (yaml, problem) => {
    expect(problemsOf({ yaml })).toEqual([problem]);
  });

  test('a name that is none is a problem', () => {
    expect(problemsOf({ yaml: 'model_defaults:\n  "../x": {}\n' })[0]).toMatch(/line 2: "\.\.\/x" is no name for a model/);
  });
});
