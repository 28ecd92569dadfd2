import type { ModelView } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { findCommands, type Situation } from './find-commands.ts';

function model(name: string, change: Partial<ModelView>): ModelView {
  return { name, health: true, phase: 'cold', ready: false, capabilities: [], ...change } as ModelView;
}

const SITUATION: Situation = {
  models: [
    model('mistral:latest', { phase: 'ready', ready: true }),
    model('codellama:latest', {}),
    model('half-copied', { phase: 'failed', health: false }),
    model('embedder', { capabilities: ['embedding'] }),
  ],
  running: undefined,
  hasDeletion: false,
};

function wordsFor(query: string, change: Partial<Situation> = {}): string[] {
  const { models, actions } = findCommands(query, { ...SITUATION, ...change });
  return [...models, ...actions].map(({ words }) => words);
}

describe('findCommands', () => {
  it('finds a model by the beginning of any part of its name, with what can be done with it now', () => {
    expect(wordsFor('mist')).toEqual(['Answer with mistral:latest', 'Unload mistral:latest']);
    expect(wordsFor('load code')).toEqual(['Load codellama:latest']);
    expect(wordsFor('half')).toEqual(['Answer with half-copied']);
    expect(wordsFor('istral')).toEqual([]);
  });

  it('finds an action by a part of its words too: “load” once did not find what unloads', () => {
    expect(wordsFor('load')).toEqual(['Load codellama:latest', 'Answer with mistral:latest', 'Unload mistral:latest']);
    expect(wordsFor('load mist')).toEqual(['Answer with mistral:latest', 'Unload mistral:latest']);
    expect(wordsFor('lama')).toEqual([]);
    expect(wordsFor('oad')).toEqual([]);
  });

  it('leaves out what cannot talk, and means nothing by one letter or none', () => {
    expect(wordsFor('embed')).toEqual([]);
    expect([wordsFor('n'), wordsFor(' ')]).toEqual([[], []]);
  });

  it('finds actions, those that have nothing to act on left out', () => {
    expect(wordsFor('CHAT new')).toEqual(['New chat', 'New temporary chat']);
    expect(wordsFor('stop')).toEqual([]);
    expect(wordsFor('stop', { running: 'g1' })).toEqual(['Stop the answer']);
    expect(wordsFor('bring', { hasDeletion: true })).toEqual(['Bring back the deleted chat']);
  });
});
