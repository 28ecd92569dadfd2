import fc from 'fast-check';
import { expect, test } from 'vitest';

import { createStopScanner } from './stop-scanner.ts';

function scan(pieces: readonly string[], stops: readonly string[]): { readonly text: string; readonly stopped: boolean } {
  const scanner = createStopScanner(stops);
  let text = '';
  for (const piece of pieces) {
    const result = scanner.push(piece);
    text += result.text;
    if (result.stopped) return { text, stopped: true };
  }
  return { text: text + scanner.end(), stopped: false };
}

test('the text ends before the first stop string, however it is cut into pieces', () => {
  expect(scan(['one ', 'two EN', 'D three'], ['END'])).toEqual({ text: 'one two ', stopped: true });
  expect(scan(['a', 'b', 'c', 'd'], ['cd', 'bc'])).toEqual({ text: 'a', stopped: true });
});

test('what only began like a stop string is given in the end', () => {
  const scanner = createStopScanner(['\n\n']);
  expect(scanner.push('line\n')).toEqual({ text: 'line', stopped: false });
  expect(scanner.push('next')).toEqual({ text: '\nnext', stopped: false });
  expect(scan(['almost EN'], ['END'])).toEqual({ text: 'almost EN', stopped: false });
});

test('any pieces give what the whole text gives', () => {
  const letters = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 12 });
  fc.assert(
    fc.property(
      fc.array(letters, { maxLength: 8 }),
      fc.array(
        letters.filter((stop) => stop !== ''),
        { maxLength: 3 },
      ),
      (pieces, stops) => {
        const whole = pieces.join('');
        const ends = stops.map((stop) => whole.indexOf(stop)).filter((index) => index !== -1);
        const result = scan(pieces, stops);
        expect(result.stopped).toBe(ends.length > 0);
        // With pieces a shorter stop string may be seen before a longer one that began earlier; never is anything shown that is past both.
        if (ends.length === 0) expect(result.text).toBe(whole);
        else expect(whole.startsWith(result.text)).toBe(true);
        for (const stop of stops) expect(result.text.includes(stop)).toBe(false);
      },
    ),
    { numRuns: 500 },
  );
});
