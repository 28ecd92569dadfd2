import { z } from 'zod';

/** The "limit" of a list: a whole number from 1 to the most that one page may have. */
export function limitQuery(most: number) {
  const words = `a whole number from 1 to ${most}`;
  return z
    .string()
    .regex(/^[1-9]\d{0,2}$/, words)
    .transform(Number)
    .refine((limit) => limit <= most, words)
    .optional();
}
