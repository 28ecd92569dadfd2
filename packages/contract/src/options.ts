import { z } from 'zod';

import { LONGEST_STOP, MOST_STOPS, OPTION_RANGES } from './option-ranges.ts';
import type { RangedOption } from './option-ranges.ts';

export { LONGEST_STOP, MOST_STOPS, OPTION_RANGES } from './option-ranges.ts';
export type { RangedOption } from './option-ranges.ts';

/** A JSON Schema that the answer must match, or `json` for any JSON object. */
export const formatSchema = z.union([z.literal('json'), z.record(z.string(), z.unknown())]);

/** How much a model thinks before it answers. */
export const THINKING_EFFORTS = ['low', 'medium', 'high'] as const;
export const thinkingSchema = z.union([z.boolean(), z.enum(THINKING_EFFORTS)]);
export type Thinking = z.infer<typeof thinkingSchema>;

const number = (name: RangedOption) => z.number().min(OPTION_RANGES[name].minimum).max(OPTION_RANGES[name].maximum).optional();
const whole = (name: RangedOption) => z.int().min(OPTION_RANGES[name].minimum).max(OPTION_RANGES[name].maximum).optional();

const DURATION = /^-?(?:\d+(?:\.\d+)?|(?:\d+(?:\.\d+)?(?:ms|s|m|h))+)$/;
/** Seconds, or a duration such as `5m`; negative: for ever. */
export const durationSchema = z.union([
  z.number().min(-1).max(31_536_000),
  z.string().max(40).regex(DURATION, 'a duration such as 5m, a number of seconds, or -1'),
]);

/**
 * How an answer is made. All optional: what is absent is decided by the conversation, then by the model's defaults, then by the engine. None of them makes an
 * engine load a model again. What each means, and who honours it: `OPTIONS` of option-table.ts, from which docs/options.md is made.
 */
export const optionsSchema = z.strictObject({
  temperature: number('temperature'),
  top_p: number('top_p'),
  top_k: whole('top_k'),
  min_p: number('min_p'),
  repeat_penalty: number('repeat_penalty'),
  presence_penalty: number('presence_penalty'),
  frequency_penalty: number('frequency_penalty'),
  seed: whole('seed'),
  stop: z.array(z.string().min(1).max(LONGEST_STOP)).max(MOST_STOPS).optional(),
  max_tokens: whole('max_tokens'),
  format: formatSchema.optional(),
  thinking: thinkingSchema.optional(),
  context_length: whole('context_length'),
  keep_alive: durationSchema.optional(),
  queue_timeout: durationSchema.optional(),
  total_timeout: durationSchema.refine((value) => toDurationMs(value) > 0, 'more than 0, or -1 for no limit').optional(),
});
export type Options = z.infer<typeof optionsSchema>;
export type OptionName = keyof Options;

export const OPTION_NAMES = Object.keys(optionsSchema.shape) as readonly OptionName[];

/** What is set of the first, and below it what is set of the second: `undefined` sets nothing. */
export function mergeOptions(stated: Options, below: Options): Options {
  const set = (options: Options): readonly (readonly [string, unknown])[] =>
    Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries([...set(below), ...set(stated)]) as Options;
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };

/** A duration in milliseconds; `Infinity` for a negative one, which means for ever. */
export function toDurationMs(value: z.infer<typeof durationSchema>): number {
  const text = String(value);
  if (text.startsWith('-')) return Number.POSITIVE_INFINITY;
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text) * 1_000;
  let ms = 0;
  for (const [, amount = '0', unit = 's'] of text.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h)/g)) ms += Number(amount) * (UNIT_MS[unit] ?? 0);
  return ms;
}

/** An option that was asked for and did not apply, or not as it was asked for, and why: a clause for people. */
export const optionNoteSchema = z.object({ name: z.string(), reason: z.string() });
export type OptionNote = { readonly name: OptionName; readonly reason: string };
