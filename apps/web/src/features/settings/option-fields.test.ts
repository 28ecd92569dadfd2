import { OPTIONS } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { applyChange, withOption } from './change-settings.ts';
import { readNumber, SHOWN_OPTIONS } from './option-fields.ts';

describe('a field of numbers', () => {
  it('takes what the contract takes, and leaves to the model what is empty', () => {
    expect(readNumber('0.7', OPTIONS.temperature)).toEqual({ isGood: true, value: 0.7 });
    expect(readNumber(' 0,7 ', OPTIONS.temperature)).toEqual({ isGood: true, value: 0.7 });
    expect(readNumber('', OPTIONS.temperature)).toEqual({ isGood: true, value: undefined });
  });

  it('says what would be right', () => {
    expect(readNumber('6', OPTIONS.temperature)).toEqual({ isGood: false, words: '6 lies outside of 0 to 5.' });
    expect(readNumber('-1', OPTIONS.temperature)).toEqual({ isGood: false, words: '-1 lies outside of 0 to 5.' });
    expect(readNumber('1.5', OPTIONS.top_k)).toEqual({ isGood: false, words: '1.5 is not a whole number.' });
    expect(readNumber('warm', OPTIONS.temperature)).toEqual({ isGood: false, words: '“warm” is not a number.' });
  });

  it('is there for nothing but numbers', () => {
    for (const name of SHOWN_OPTIONS) expect(['number', 'whole']).toContain(OPTIONS[name].control);
  });
});

describe('a change of settings', () => {
  it('sets one option and keeps the others, and takes the last one away whole', () => {
    expect(withOption({ seed: 7 }, 'temperature', 0.2)).toEqual({ options: { seed: 7, temperature: 0.2 } });
    expect(withOption({ seed: 7 }, 'seed', undefined)).toEqual({ options: null });
  });

  it('shows what it will be before the server has said so', () => {
    const settings = { system: 'Be brief.', options: { seed: 7 } };
    expect(applyChange(settings, { options: null })).toEqual({ system: 'Be brief.' });
    expect(applyChange(settings, { system: null, model: 'm:latest' })).toEqual({ options: { seed: 7 }, model: 'm:latest' });
  });
});
