import { createHash } from 'node:crypto';

/** A digest of a value, the same for the same content whatever the order of its keys; absent and undefined are the same. */
export function toFingerprint(value: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify(toSorted(value)))
    .digest('base64url');
}

function toSorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(toSorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, item]) => [key, toSorted(item)]);
}
