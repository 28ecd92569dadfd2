import { right, wrong, type Parsed } from '../setting.ts';

const UNIT_MS = new Map([
  ['ns', 1e-6],
  ['us', 1e-3],
  ['µs', 1e-3],
  ['μs', 1e-3],
  ['ms', 1],
  ['s', 1_000],
  ['m', 60_000],
  ['h', 3_600_000],
]);
const STEP = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y;

/** Milliseconds of `90`, `90s`, `1h30m`, `1.5h`, `-1`; undefined for anything else. A number without a unit counts seconds. */
export function toMilliseconds(text: string): number | undefined {
  const sign = text.startsWith('-') ? -1 : 1;
  const rest = text.replace(/^[+-]/, '');
  if (/^(\d+(\.\d*)?|\.\d+)$/.test(rest)) return sign * Number(rest) * 1_000;
  let sum = 0;
  STEP.lastIndex = 0;
  while (STEP.lastIndex < rest.length) {
    const step = STEP.exec(rest);
    const unit = UNIT_MS.get(step?.[2] ?? '');
    if (step === null || unit === undefined) return undefined;
    sum += Number(step[1]) * unit;
  }
  return rest === '' ? undefined : sign * sum;
}

/** How long something stays: milliseconds, 0 for not at all, `Infinity` for ever (written as any negative duration). */
export function parseKeepAlive(text: string): Parsed<number> {
  const ms = toMilliseconds(text);
  if (ms === undefined) return wrong('a duration such as 5m, 1h30m or 90 (seconds), -1 for ever, or 0 for not at all');
  return right(ms < 0 ? Infinity : ms);
}

/** A limit in milliseconds, above zero. */
export function parseLimit(text: string): Parsed<number> {
  const ms = toMilliseconds(text);
  if (ms === undefined || ms <= 0 || ms > 86_400_000)
    return wrong('a number of seconds above 0, or a duration such as 300s or 5m, up to 24h');
  return right(ms);
}
