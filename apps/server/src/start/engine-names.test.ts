import { resolveSettings } from '@pilotlight/settings';
import { describe, expect, it } from 'vitest';

import { ollamaNames, toOllamaId, unknownEngines } from './engine-names.ts';

function settingsOf(environment: Readonly<Record<string, string>>) {
  const result = resolveSettings({ surroundings: { platform: 'linux', home: '/home/ada', folder: '/srv', environment } });
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.settings;
}

it('two Ollamas behind one proxy are two engines, told apart by their paths', () => {
  const ids = ['http://proxy:8080/a', 'http://proxy:8080/b', 'http://proxy:8080', 'http://box:11434'].map(toOllamaId);
  expect(ids).toEqual(['ollama@proxy:8080/a', 'ollama@proxy:8080/b', 'ollama@proxy:8080', 'ollama@box:11434']);
});

it('a single Ollama has no address in its name', () => {
  expect(ollamaNames(settingsOf({ OLLAMA_HOST: 'box' }))).toEqual(['ollama']);
  expect(ollamaNames(settingsOf({ OLLAMA_HOST: 'box,other:81' }))).toEqual(['ollama@box:11434', 'ollama@other:81']);
});

describe('a setting that names an engine which is not there', () => {
  it.each([
    [{ PILOTLIGHT_ENGINE_MEMORY: 'nope=1GB' }, 'PILOTLIGHT_ENGINE_MEMORY (PILOTLIGHT_ENGINE_MEMORY in the environment)'],
    [{ PILOTLIGHT_ENGINE_ORDER: 'ollama,nope' }, 'PILOTLIGHT_ENGINE_ORDER (PILOTLIGHT_ENGINE_ORDER in the environment)'],
  ])('%o is said, with the names that there are', (environment, place) => {
    const servers = { PILOTLIGHT_SERVERS: 'gpu=http://gpu:8080' };
    expect(unknownEngines(settingsOf({ ...servers, ...environment }))).toEqual([
      `${place}: no engine is called "nope"; there are llama.cpp, ollama, gpu.`,
    ]);
  });

  it('nothing is said of engines that are there', () => {
    const environment = {
      OLLAMA_HOST: 'gpu-1,gpu-2',
      PILOTLIGHT_SERVERS: 'studio=http://studio:1234',
      PILOTLIGHT_ENGINE_MEMORY: 'ollama@gpu-1:11434=24GB,studio=16GiB',
      PILOTLIGHT_ENGINE_ORDER: 'studio,llama.cpp',
    };
    expect(unknownEngines(settingsOf(environment))).toEqual([]);
  });
});
