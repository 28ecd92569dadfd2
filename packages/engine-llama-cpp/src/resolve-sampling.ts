import { EngineError } from '@pilotlight/contract';
import type { Options } from '@pilotlight/contract';

import type { SamplingHints } from './gguf/describe-header.ts';
import { toGrammarSchema } from './grammar-schema.ts';
import type { Sampling } from './protocol.ts';

/** What llama.cpp itself uses where nobody says otherwise. */
const DEFAULTS = { temperature: 0.8, top_k: 40, top_p: 0.95, min_p: 0.05, repeat_penalty: 1 } as const satisfies Required<SamplingHints>;

/** Fills in every sampling option: the request's own, else what the model's file recommends, else llama.cpp's. Throws `EngineError('invalid')` for a schema that cannot be held. */
export function resolveSampling(options: Options, hints: SamplingHints, drawSeed: () => number): Sampling {
  const { temperature, top_k, top_p, min_p, repeat_penalty } = { ...DEFAULTS, ...hints, ...present(options) };
  return {
    temperature,
    topK: top_k,
    topP: top_p,
    minP: min_p,
    repeatPenalty: repeat_penalty,
    presencePenalty: options.presence_penalty ?? 0,
    frequencyPenalty: options.frequency_penalty ?? 0,
    seed: options.seed ?? drawSeed(),
    stop: options.stop ?? [],
    maxTokens: options.max_tokens,
    schema: options.format === undefined ? undefined : toSchema(options.format),
    // A grammar holds from the first token on: there is no room to think before it.
    thinking: options.format === undefined ? options.thinking : false,
  };
}

/** What was taken for options that nobody gave, as far as they shape every answer. */
export function toChosen(options: Options, sampling: Sampling): Options {
  const { temperature, topK, topP, minP, repeatPenalty, seed } = sampling;
  const all = { temperature, top_k: topK, top_p: topP, min_p: minP, repeat_penalty: repeatPenalty, seed };
  return Object.fromEntries(Object.entries(all).filter(([name]) => options[name as keyof typeof all] === undefined));
}

function present({ temperature, top_k, top_p, min_p, repeat_penalty }: Options): SamplingHints {
  const given = { temperature, top_k, top_p, min_p, repeat_penalty };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Why no grammar can be made of a format; undefined: one can. */
export function whyNotFormat(format: NonNullable<Options['format']>): string | undefined {
  const result = toGrammarSchema(format);
  return 'problem' in result ? `The schema ${result.problem}.` : undefined;
}

function toSchema(format: NonNullable<Options['format']>): unknown {
  const result = toGrammarSchema(format);
  if ('problem' in result) throw new EngineError('invalid', `The schema ${result.problem}.`, { field: 'options.format' });
  return result.schema;
}
