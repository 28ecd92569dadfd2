import { describe, expect, it } from 'vitest';

import { toModelSettings } from './model-settings.ts';

const where = 'pilotlight.yaml, line 7';

describe('defaults of models in the file', () => {
  it('are options and profiles by name', () => {
    const value = { options: { temperature: 0.3, thinking: false }, profile: { context_length: 8192, cache_type: 'q8_0' } };
    expect(toModelSettings({ modelDefaults: { 'a:latest': { where, value }, 'b:latest': { where, value: {} } } })).toEqual({
      profiles: { 'a:latest': { contextLength: 8192, cacheType: 'q8_0' } },
      modelOptions: { 'a:latest': { temperature: 0.3, thinking: false } },
      problems: [],
    });
  });

  it.each([
    [{ options: { temperature: 9 } }, 'a:latest: options: temperature is not valid'],
    [{ option: {} }, 'a:latest is not valid'],
    [{ profile: { slots: 'two' } }, 'a:latest: profile: slots is not valid'],
    [{ options: { thinking: 'much' } }, 'a:latest: options: thinking is not valid'],
  ])('%o is a problem with its place', (value, words) => {
    const { problems, modelOptions } = toModelSettings({ modelDefaults: { 'a:latest': { where, value } } });
    expect([problems.length, modelOptions]).toEqual([1, {}]);
    expect(problems[0]).toContain(`${where}: model_defaults: ${words}`);
  });
});
