import type { OptionName } from '@pilotlight/contract';

/** The parameters of a chat that the page shows, in their order. The rest is for programs. */
export const SHOWN_OPTIONS = [
  'temperature',
  'top_p',
  'top_k',
  'min_p',
  'repeat_penalty',
  'presence_penalty',
  'frequency_penalty',
  'seed',
  'max_tokens',
] as const satisfies readonly OptionName[];

export type ShownOption = (typeof SHOWN_OPTIONS)[number];

interface Range {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly control: string;
}

export type Reading = { readonly isGood: true; readonly value: number | undefined } | { readonly isGood: false; readonly words: string };

/** What was typed into a field of numbers: empty leaves it to the model. */
export function readNumber(text: string, { minimum = -Infinity, maximum = Infinity, control }: Range): Reading {
  const trimmed = text.trim();
  if (trimmed === '') return { isGood: true, value: undefined };
  const value = Number(trimmed.replace(',', '.'));
  if (!Number.isFinite(value)) return { isGood: false, words: `“${trimmed}” is not a number.` };
  if (control === 'whole' && !Number.isInteger(value)) return { isGood: false, words: `${trimmed} is not a whole number.` };
  if (value < minimum || value > maximum) return { isGood: false, words: `${trimmed} lies outside of ${minimum} to ${maximum}.` };
  return { isGood: true, value };
}
