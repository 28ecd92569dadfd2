import { expect, test } from 'vitest';
import { parseKeepAlive, parseLimit, toMilliseconds } from './duration.ts';

test.each([
  ['0', 0],
  ['300', 300_000],
  ['1.5', 1_500],
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['1.5h', 5_400_000],
  ['500ms', 500],
  ['1500us', 1.5],
  ['1500µs', 1.5],
  ['.5s', 500],
  ['-1', -1_000],
  ['-5m', -300_000],
  ['+5m', 300_000],
])('%s is %d ms', (text, ms) => {
  expect(toMilliseconds(text)).toBe(ms);
});

test.each(['', '-', '5 m', 'm', '5x', '5m3', '1e3', 'for ever', '5mm', '--1'])('"%s" is no duration', (text) => {
  expect(toMilliseconds(text)).toBeUndefined();
});

test('a negative keep-alive means for ever, zero means at once', () => {
  expect(parseKeepAlive('-1')).toEqual({ ok: true, value: Infinity });
  expect(parseKeepAlive('-5m')).toEqual({ ok: true, value: Infinity });
  expect(parseKeepAlive('0')).toEqual({ ok: true, value: 0 });
  expect(parseKeepAlive('soon').ok).toBe(false);
});

test('a limit is above zero and at most a day', () => {
  expect(parseLimit('300')).toEqual({ ok: true, value: 300_000 });
  expect(parseLimit('0').ok).toBe(false);
  expect(parseLimit('-1').ok).toBe(false);
  expect(parseLimit('25h').ok).toBe(false);
});
