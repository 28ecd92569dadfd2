import { EngineError } from '@pilotlight/contract';

/** Whether a value is a list of numbers that can be an embedding. */
export function isVector(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every((entry) => typeof entry === 'number' && Number.isFinite(entry));
}

/** The same direction, with length 1. What has no direction, such as a vector of zeros, is near to nothing and is refused as `protocol`. */
export function toUnitLength(vector: readonly number[]): readonly number[] {
  const length = Math.hypot(...vector);
  if (!(length > 0) || !Number.isFinite(length)) throw new EngineError('protocol', 'An embedding came that has no direction.');
  return Math.abs(length - 1) < 1e-6 ? vector : vector.map((value) => value / length);
}
