import { describe, expect, it } from 'vitest';

import { findCandidates, resolveDefault } from './candidates.ts';
import type { Choice, RouteQuestion } from './candidates.ts';
import { nearNames } from './near-names.ts';

function choice(name: string, more: Partial<Choice> = {}): Choice {
  return { name, phase: 'cold', engineRank: 0, isReachable: true, canComplete: true, ...more };
}

function question(choices: readonly Choice[], more: Partial<RouteQuestion<Choice>> = {}): RouteQuestion<Choice> {
  return {
    task: 'chat',
    model: undefined,
    routes: {},
    defaultModel: 'mistral:latest',
    defaultModelIsChosen: false,
    unknownEngines: [],
    choices,
    ...more,
  };
}
const names = (of: RouteQuestion<Choice>): readonly string[] => findCandidates(of).candidates.map(({ name }) => name);

describe('the default model', () => {
  it('is the configured one where it is, then the built-in one, then any that can chat', () => {
    const embedder = choice('embedder:latest', { canComplete: false });
    expect(resolveDefault([choice('pilot:latest'), choice('mistral:latest')], 'mistral')).toBe('mistral:latest');
    expect(resolveDefault([choice('phi3:mini'), choice('pilot:latest')], 'mistral')).toBe('pilot:latest');
    expect(resolveDefault([embedder, choice('phi3:mini')], 'mistral')).toBe('phi3:mini');
    expect(resolveDefault([embedder], 'mistral')).toBeUndefined();
  });

  it('is missed in words only where a person chose it', () => {
    const choices = [choice('pilot:latest')];
    expect(findCandidates(question(choices))).toMatchObject({ first: 'pilot:latest', skipped: [] });
    expect(findCandidates(question(choices, { defaultModelIsChosen: true }))).toMatchObject({
      first: 'mistral:latest',
      skipped: ['mistral:latest is on no engine'],
    });
  });
});

describe('the candidates of a request', () => {
  it('are those of the task’s route, then its fallback', () => {
    const choices = [choice('pilot:latest'), choice('phi3:mini'), choice('code:7b')];
    const routes = { code: { models: ['code:7b', 'gone'], fallback: ['pilot'] } };
    expect(names(question(choices, { task: 'code', routes }))).toEqual(['code:7b', 'pilot:latest']);
    expect(names(question(choices, { task: 'chat', routes }))).toEqual(['pilot:latest']);
  });

  it('of a name are all engines that have it: ready first, then loading, then on disk, away last, else in order of the engines', () => {
    const choices = [
      choice('m:latest', { engineRank: 0, isReachable: false }),
      choice('m:latest', { engineRank: 1, phase: 'failed' }),
      choice('m:latest', { engineRank: 2 }),
      choice('m:latest', { engineRank: 3, phase: 'loading' }),
      choice('m:latest', { engineRank: 4, phase: 'busy' }),
      choice('m:latest', { engineRank: 5, phase: 'ready' }),
    ];
    expect(findCandidates(question(choices, { model: 'm' })).candidates.map(({ engineRank }) => engineRank)).toEqual([4, 5, 3, 2, 1, 0]);
  });

  it('do not exist for a name that nobody has: the problem says what is near, and which engines could not be asked', () => {
    const others = [choice('mistral:lost', { isReachable: false }), choice('mistral:bad', { phase: 'failed' })];
    const absent = question([choice('mistral:latest'), ...others], {
      model: 'mistral:7b',
      unknownEngines: ['no Ollama on box:11434: timeout'],
    });
    expect(() => findCandidates(absent)).toThrow(
      expect.objectContaining({
        code: 'model_not_found',
        detail: 'no engine has mistral:7b; near it: mistral:latest; no Ollama on box:11434: timeout',
      }),
    );
  });

  it('do not exist where nothing can chat', () => {
    const embedder = choice('embedder:latest', { canComplete: false });
    expect(() => findCandidates(question([embedder]))).toThrow(expect.objectContaining({ code: 'no_model' }));
    expect(() => findCandidates(question([embedder], { model: 'embedder' }))).toThrow(expect.objectContaining({ code: 'not_supported' }));
  });
});

describe('near names', () => {
  it('are the same model under another tag, or a slip of the pen', () => {
    const all = ['mistral:latest', 'mistral:7b', 'phi3:mini', 'library/qwen2.5:7b'];
    expect(nearNames('mistral:8b', all)).toEqual(['mistral:7b', 'mistral:latest']);
    expect(nearNames('phy3:mini', all)).toEqual(['phi3:mini']);
    expect(nearNames('qwen2:latest', all)).toEqual(['library/qwen2.5:7b']);
    expect(nearNames('gemma:2b', all)).toEqual([]);
  });
});
