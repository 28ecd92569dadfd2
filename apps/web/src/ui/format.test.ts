import { describe, expect, it } from 'vitest';

import {
  countWords,
  formatBytes,
  formatDuration,
  formatRate,
  formatSeconds,
  formatShare,
  formatTime,
  ordinalWord,
  shortOrdinal,
  toSentence,
} from './format.ts';

describe('numbers', () => {
  it.each([
    [formatDuration(12), '12 ms'],
    [formatDuration(800), '0.8 s'],
    [formatDuration(2000), '2 s'],
    [formatDuration(9960), '10 s'],
    [formatDuration(150_000), '3 min'],
    [formatSeconds(119), '119 s'],
    [formatSeconds(3900), '1 h 5 min'],
    [formatSeconds(-3), '0 s'],
    [formatBytes(7_531_776), '7.5 MB'],
    [formatBytes(181_900_000), '182 MB'],
    [formatBytes(4.4e9), '4.4 GB'],
    [formatBytes(999.7e6), '1 GB'],
    [formatShare(3.8e9, 16e9), '3.8 of 16 GB'],
    [formatShare(2e6, 500e6), '2 MB of 500 MB'],
    [formatRate(20.2), '20 tokens/s'],
    [formatRate(4.04), '4 tokens/s'],
    [formatRate(1234), '1,234 tokens/s'],
  ])('%s is %s', (formatted, wanted) => {
    expect(formatted).toBe(wanted);
  });
});

describe('words', () => {
  it('counts places in a queue', () => {
    expect([1, 2, 3, 4, 11, 12, 13, 21, 22, 101, 111].map(shortOrdinal)).toEqual([
      '1st',
      '2nd',
      '3rd',
      '4th',
      '11th',
      '12th',
      '13th',
      '21st',
      '22nd',
      '101st',
      '111th',
    ]);
    expect([ordinalWord(1), ordinalWord(10), ordinalWord(11)]).toEqual(['First', 'Tenth', '11th']);
  });

  it('counts words in any script', () => {
    expect(countWords("It's two-fold: Straße, Ελλάδα, 42.")).toBe(5);
    expect(countWords('')).toBe(0);
  });

  it('says of a time what tells it apart from now', () => {
    const now = new Date(2026, 10, 24, 12, 0).getTime();
    const words = [new Date(2026, 10, 24, 9, 5), new Date(2026, 10, 13, 2, 13), new Date(2025, 10, 13, 2, 13)];
    expect(words.map((date) => formatTime(date.toISOString(), now))).toEqual(['09:05', '13 Nov, 02:13', '13 Nov 2025']);
  });

  it('makes a sentence of a part of one, and leaves names alone', () => {
    expect(toSentence('for the start of the server')).toBe('For the start of the server.');
    expect(toSentence('mistral:latest makes room')).toBe('mistral:latest makes room.');
    expect(toSentence('Done.')).toBe('Done.');
    expect(toSentence('')).toBe('');
  });
});
