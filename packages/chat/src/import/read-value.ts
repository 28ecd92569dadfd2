/** Readers of values that can be anything: what is not as it should be is as if it were not there. */

export type Fields = Readonly<Record<string, unknown>>;

export function toFields(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

export function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

export function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

const FIRST_MS = 1_000_000_000_000;

/** Milliseconds since 1970 of a time in seconds, in milliseconds, or as ISO 8601. */
export function toMs(value: unknown): number | undefined {
  const ms =
    typeof value === 'number' ? (value < FIRST_MS ? value * 1000 : value) : typeof value === 'string' ? Date.parse(value) : Number.NaN;
  return Number.isFinite(ms) && ms > 0 ? Math.round(ms) : undefined;
}
