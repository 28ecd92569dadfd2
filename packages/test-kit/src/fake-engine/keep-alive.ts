const UNITS: Readonly<Record<string, number>> = { ns: 1e-6, us: 1e-3, ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** The `keep_alive` of a request in milliseconds: seconds as a number, or a duration such as `1h30m`; Infinity for negative ones; undefined if absent. */
export function parseKeepAlive(value: unknown): number | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'number') return value < 0 ? Infinity : value * 1_000;
  if (typeof value !== 'string') throw new TypeError('json: cannot unmarshal keep_alive');
  if (/^[+-]?0$/.test(value)) return 0;
  if (!/^[+-]?(?:[\d.]+(?:ns|us|ms|s|m|h))+$/.test(value)) throw new TypeError(`time: invalid duration "${value}"`);
  let total = 0;
  for (const [, amount, unit] of value.matchAll(/([\d.]+)(ns|us|ms|s|m|h)/g)) total += Number(amount) * (UNITS[unit ?? 's'] ?? 0);
  return value.startsWith('-') ? Infinity : total;
}
