import type { Preset } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { toWish } from './new-chat.ts';
import { matchingPreset, settingsOf, sortPresets } from './presets.ts';

const AT = '2026-11-24T09:00:00Z';
const BRIEF: Preset = {
  id: 'p-1',
  name: 'Brief',
  system: 'Be brief.',
  options: { temperature: 0.2, seed: 7 },
  created_at: AT,
  updated_at: AT,
};
const TALES: Preset = { id: 'p-2', name: 'Tales', options: { temperature: 1.1 }, created_at: AT, updated_at: AT };

describe('presets', () => {
  it('are recognised in a chat that has exactly their settings', () => {
    expect(matchingPreset([TALES, BRIEF], { options: { seed: 7, temperature: 0.2 }, system: 'Be brief.' })).toBe(BRIEF);
    expect(matchingPreset([TALES, BRIEF], { options: { temperature: 0.2 }, system: 'Be brief.' })).toBeUndefined();
    expect(matchingPreset([TALES], {})).toBeUndefined();
  });

  it('give their settings and nothing else, and stand by name', () => {
    expect(settingsOf(TALES)).toEqual({ options: { temperature: 1.1 } });
    expect(sortPresets([TALES, BRIEF])).toEqual([BRIEF, TALES]);
  });
});

describe('what a new chat is to be', () => {
  it('is said with its first message only where it is not like any other', () => {
    expect(toWish({ isTemporary: false, settings: {} })).toBeUndefined();
    expect(toWish({ isTemporary: true, settings: {} })).toEqual({ temporary: true });
    expect(toWish({ isTemporary: false, settings: { system: 'Be brief.' } })).toEqual({ settings: { system: 'Be brief.' } });
  });
});
