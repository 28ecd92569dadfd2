import { createHash } from 'node:crypto';

const DIMENSIONS = 16;

/** A vector of unit length that depends on the text alone. */
export function toVector(text: string): number[] {
  const bytes = createHash('sha256').update(text).digest();
  const raw = Array.from({ length: DIMENSIONS }, (_, index) => (bytes[index] ?? 0) - 127.5);
  const length = Math.hypot(...raw);
  return raw.map((value) => value / length);
}
