import { describe, expect, test } from 'vitest';
import type { Surroundings } from '../setting.ts';
import { defaultDataFolder, parseFolder, parseFolders } from './folder.ts';
import { isLoopback, parseAllowedHosts, parseListenHost } from './host-name.ts';
import { parseBoolean, parseChoice, parseEngineOrder, parseInteger, parseModelName, parseToken } from './plain.ts';

const linux: Surroundings = { platform: 'linux', home: '/home/ada', folder: '/srv/pilot', environment: {} };
const windows: Surroundings = { platform: 'win32', home: 'C:\\Users\\ada', folder: 'D:\\pilot', environment: {} };

function valueOf(parsed: { ok: true; value: unknown } | { ok: false; expected: string }): unknown {
  return parsed.ok ? parsed.value : `must be ${parsed.expected}`;
}

describe('folders', () => {
  test('are absolute, from the working folder or the home folder', () => {
    expect(valueOf(parseFolder('data', linux))).toBe('/srv/pilot/data');
    expect(valueOf(parseFolder('~/data', linux))).toBe('/home/ada/data');
    expect(valueOf(parseFolder('~', linux))).toBe('/home/ada');
    expect(valueOf(parseFolder('~ada/data', linux))).toBe('/srv/pilot/~ada/data');
    expect(valueOf(parseFolder('/var/x/../y', linux))).toBe('/var/y');
    expect(valueOf(parseFolder('E:\\models', windows))).toBe('E:\\models');
  });
  test('in a list are separated as the platform does it, so that a drive letter is no separator', () => {
    expect(valueOf(parseFolders('/a: b :/a', linux))).toEqual(['/a', '/srv/pilot/b']);
    expect(valueOf(parseFolders('C:\\a;D:\\b', windows))).toEqual(['C:\\a', 'D:\\b']);
  });
  test('for data are where the platform keeps them', () => {
    expect(defaultDataFolder(linux)).toBe('/home/ada/.local/share/pilotlight');
    expect(defaultDataFolder({ ...linux, environment: { XDG_DATA_HOME: '/x' } })).toBe('/x/pilotlight');
    expect(defaultDataFolder({ ...linux, environment: { XDG_DATA_HOME: 'relative' } })).toBe('/home/ada/.local/share/pilotlight');
    expect(defaultDataFolder({ ...linux, platform: 'darwin' })).toBe('/home/ada/Library/Application Support/Pilotlight');
    expect(defaultDataFolder(windows)).toBe('C:\\Users\\ada\\AppData\\Local\\Pilotlight');
    expect(defaultDataFolder({ ...windows, environment: { LOCALAPPDATA: 'E:\\Local' } })).toBe('E:\\Local\\Pilotlight');
  });
});

describe('hosts', () => {
  test('to listen on are addresses or names without a port', () => {
    expect(valueOf(parseListenHost('0.0.0.0'))).toBe('0.0.0.0');
    expect(valueOf(parseListenHost('[::1]'))).toBe('::1');
    expect(valueOf(parseListenHost('LocalHost'))).toBe('localhost');
    for (const text of ['127.0.0.1:8000', 'http://x', '1.2.3', '300.1.1.1', 'a b', '']) expect(parseListenHost(text).ok, text).toBe(false);
  });
  test('that only this machine can reach are known', () => {
    expect(['127.0.0.1', '127.8.8.8', '::1', 'localhost'].map(isLoopback)).toEqual([true, true, true, true]);
    expect(['0.0.0.0', '::', '192.168.1.2', '127.example.com', 'localhost.example.com'].map(isLoopback)).toEqual([
      false,
      false,
      false,
      false,
      false,
    ]);
  });
  test('that are allowed have a port if they need one', () => {
    expect(valueOf(parseAllowedHosts('Pilot.Home, chat.example.com:8443,[fd00::1]:80'))).toEqual([
      'pilot.home',
      'chat.example.com:8443',
      '[fd00::1]:80',
    ]);
    for (const text of ['*', 'a.b:x', 'http://a', 'a:0', 'a:70000', ',', '[x]']) expect(parseAllowedHosts(text).ok, text).toBe(false);
  });
});

test('whole numbers keep to their bounds', () => {
  const parse = parseInteger(1, 20);
  expect(valueOf(parse('6', linux))).toBe(6);
  for (const text of ['0', '21', '1.5', '-1', 'six', '', '6 ', '1e1'])
    expect(valueOf(parse(text, linux)), text).toBe('must be a whole number from 1 to 20');
});

test('yes and no have their usual words', () => {
  expect(['true', 'TRUE', '1', 'yes', 'on'].map((text) => valueOf(parseBoolean(text)))).toEqual([true, true, true, true, true]);
  expect(['false', '0', 'No', 'off'].map((text) => valueOf(parseBoolean(text)))).toEqual([false, false, false, false]);
  expect(valueOf(parseBoolean('maybe'))).toBe('must be true or false');
});

test('a choice is one of its words, in any case', () => {
  expect(valueOf(parseChoice(['info', 'warn'])('WARN', linux))).toBe('warn');
  expect(valueOf(parseChoice(['info', 'warn'])('loud', linux))).toBe('must be one of info, warn');
});

test('a model without a tag is the latest', () => {
  expect(valueOf(parseModelName('mistral'))).toBe('mistral:latest');
  expect(valueOf(parseModelName('qwen3:8b-q4_K_M'))).toBe('qwen3:8b-q4_K_M');
  expect(valueOf(parseModelName('hf.co/bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_K_M'))).toBe(
    'hf.co/bartowski/Llama-3.2-1B-Instruct-GGUF:Q4_K_M',
  );
  expect(valueOf(parseModelName('registry:5000/me/model'))).toBe('registry:5000/me/model:latest');
  for (const text of ['', 'a b', 'a:', ':x', '/a', 'a//b', '../x', 'a'.repeat(256)]) expect(parseModelName(text).ok, text).toBe(false);
});

test('a token is long and fits into a header', () => {
  expect(parseToken('0123456789abcdef').ok).toBe(true);
  for (const text of ['short', 'with a space in it!', 'ümlaut-ümlaut-ümlaut', 'x'.repeat(513)])
    expect(parseToken(text).ok, text).toBe(false);
});

test('the order of engines is a list of their names', () => {
  expect(valueOf(parseEngineOrder('gpu, ollama@fast-pc:11434 ,gpu'))).toEqual(['gpu', 'ollama@fast-pc:11434']);
  for (const wrong of ['', 'gpu,', 'a b', '-x'])
    expect(valueOf(parseEngineOrder(wrong))).toBe('must be names of engines separated by commas, such as gpu,ollama');
});
