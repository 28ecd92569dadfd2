import type { EngineKind } from './engine.ts';
import type { OptionName } from './options.ts';
import { LONGEST_STOP, MOST_STOPS, OPTION_RANGES } from './option-ranges.ts';

/** Whether an engine honours an option: yes, or in words how far. */
export type Honoured = true | string;

/** One option, for the settings of people and for documents. */
export interface OptionFacts {
  /** A few words, without a full stop. */
  readonly title: string;
  /** What it does, and what to know of it: whole sentences. */
  readonly meaning: string;
  /** What it takes, in words. */
  readonly takes: string;
  /** How it is set: a number on a range, a whole number, one of several, a list of texts, a schema, a duration. */
  readonly control: 'number' | 'whole' | 'choice' | 'texts' | 'schema' | 'duration';
  readonly minimum?: number;
  readonly maximum?: number;
  readonly step?: number;
  readonly unit?: string;
  /** What happens where nobody says anything. */
  readonly otherwise: string;
  readonly honoured: Readonly<Record<EngineKind, Honoured>>;
}

const EVERYWHERE: OptionFacts['honoured'] = { 'llama.cpp': true, ollama: true, openai: true };
const SENT = 'sent; llama-server and vLLM honour it, other servers may not, and do not say so';

/** Every option, in the order in which people see them. docs/options.md is made from it, and the panel of the page. */
export const OPTIONS = {
  temperature: {
    title: 'Temperature',
    meaning: 'How freely the next word is chosen: 0 always takes the likeliest, 1 takes the odds as the model has them.',
    takes: '0 to 5',
    control: 'number',
    ...OPTION_RANGES.temperature,
    otherwise: "what the model's file recommends, else 0.8",
    honoured: EVERYWHERE,
  },
  top_p: {
    title: 'Top P',
    meaning: 'Only the likeliest words whose odds add up to this are considered. 1 turns it off.',
    takes: '0 to 1',
    control: 'number',
    ...OPTION_RANGES.top_p,
    otherwise: "what the model's file recommends, else 0.95 (built in) or 0.9 (Ollama)",
    honoured: EVERYWHERE,
  },
  top_k: {
    title: 'Top K',
    meaning: 'Only so many of the likeliest words are considered. 0 turns it off.',
    takes: 'a whole number, 0 to 1,000',
    control: 'whole',
    ...OPTION_RANGES.top_k,
    otherwise: "what the model's file recommends, else 40",
    honoured: { 'llama.cpp': true, ollama: true, openai: SENT },
  },
  min_p: {
    title: 'Min P',
    meaning: 'Words less likely than this share of the likeliest one are left out. 0 turns it off.',
    takes: '0 to 1',
    control: 'number',
    ...OPTION_RANGES.min_p,
    otherwise: "what the model's file recommends, else 0.05 (built in) or 0 (Ollama)",
    honoured: { 'llama.cpp': true, ollama: true, openai: SENT },
  },
  repeat_penalty: {
    title: 'Repeat penalty',
    meaning: 'Words of the last 64 tokens become less likely by this factor. 1 turns it off.',
    takes: '0.1 to 5',
    control: 'number',
    ...OPTION_RANGES.repeat_penalty,
    otherwise: "what the model's file recommends, else 1",
    honoured: { 'llama.cpp': true, ollama: true, openai: SENT },
  },
  presence_penalty: {
    title: 'Presence penalty',
    meaning: 'Words that have occurred become less likely, however often they did. Below 0 they become more likely.',
    takes: '-2 to 2',
    control: 'number',
    ...OPTION_RANGES.presence_penalty,
    otherwise: '0',
    honoured: EVERYWHERE,
  },
  frequency_penalty: {
    title: 'Frequency penalty',
    meaning: 'Words become less likely with each time that they occurred. Below 0 they become more likely.',
    takes: '-2 to 2',
    control: 'number',
    ...OPTION_RANGES.frequency_penalty,
    otherwise: '0',
    honoured: EVERYWHERE,
  },
  seed: {
    title: 'Seed',
    meaning: 'The same seed with the same question and options gives the same answer, as far as the engine is exact.',
    takes: 'a whole number, 0 to 2,147,483,647',
    control: 'whole',
    ...OPTION_RANGES.seed,
    otherwise: 'drawn for each answer; the receipt of a built-in model says which',
    honoured: EVERYWHERE,
  },
  stop: {
    title: 'Stop texts',
    meaning: 'The answer ends before the first of these.',
    takes: `at most ${MOST_STOPS} texts of 1 to ${LONGEST_STOP} characters`,
    control: 'texts',
    otherwise: 'none but the end marks of the model',
    honoured: EVERYWHERE,
  },
  max_tokens: {
    title: 'Longest answer',
    meaning: 'The answer, thinking included, ends after so many tokens.',
    takes: 'a whole number, 1 to 1,000,000',
    control: 'whole',
    ...OPTION_RANGES.max_tokens,
    unit: 'tokens',
    otherwise: 'until the model ends it, or the context is full',
    honoured: EVERYWHERE,
  },
  format: {
    title: 'Format',
    meaning: 'The answer is JSON: any object, or one that matches a JSON Schema. A schema that an engine cannot hold is refused.',
    takes: '"json", or a JSON Schema',
    control: 'schema',
    otherwise: 'free text',
    honoured: { 'llama.cpp': true, ollama: true, openai: 'sent as response_format; what a server does not know it mostly refuses' },
  },
  thinking: {
    title: 'Thinking',
    meaning:
      'Whether a model that can do so thinks before it answers, and how much. What it thinks is kept apart from the answer. A model that cannot think answers at once, and the receipt says so.',
    takes: 'true, false, "low", "medium" or "high"',
    control: 'choice',
    otherwise: "the model's own habit",
    honoured: {
      'llama.cpp': 'on and off with every model that thinks; how much only where its template takes an effort',
      ollama: 'on and off with every model that thinks; how much only with those that take an effort',
      openai: 'sent as reasoning_effort, and to llama-server and vLLM as an argument of the template',
    },
  },
  context_length: {
    title: 'Context',
    meaning:
      'How many tokens the model should be able to see at once. It chooses among the models of a task. It never loads a model again: the length itself belongs to the profile of the model, and the receipt says which one the answer had.',
    takes: 'a whole number, 256 to 10,000,000',
    control: 'whole',
    ...OPTION_RANGES.context_length,
    unit: 'tokens',
    otherwise: 'the profile of the model, else what the engine takes',
    honoured: {
      'llama.cpp': 'a wish: the profile decides',
      ollama: 'a wish: the profile decides',
      openai: 'a wish: the server was started with its own',
    },
  },
  keep_alive: {
    title: 'Stay in memory',
    meaning:
      'How long the model stays in memory after this answer, if longer than the setting says. It is no pin: a model that is asked for gets the place. It never shortens what another request or the setting gave.',
    takes: 'seconds, or a duration such as "10m"; -1 for ever',
    control: 'duration',
    otherwise: 'OLLAMA_KEEP_ALIVE',
    honoured: {
      'llama.cpp': true,
      ollama: 'not passed on: it could stop the loads of others for good',
      openai: 'not passed on: the server decides',
    },
  },
  queue_timeout: {
    title: 'Longest wait',
    meaning:
      'How long the request waits for its turn at most: behind other requests, and for memory that other models use. Then it is refused with its place and an estimate, and its place is given back. The time in which its own model is being loaded is not counted. With 0 it is answered at once, after a load at most, or not at all.',
    takes: 'seconds, or a duration such as "10m"; -1 without limit',
    control: 'duration',
    otherwise: 'no limit; the place is shown',
    honoured: EVERYWHERE,
  },
  total_timeout: {
    title: 'Longest time in all',
    meaning:
      'How long the answer may take in all, from the request to its last word: waits, loads and every try. Then it ends with an error, its text is kept, and it can be continued. Of the defaults of models those of the model that is asked first hold.',
    takes: 'seconds, or a duration such as "10m"; -1 without limit',
    control: 'duration',
    otherwise: 'PILOTLIGHT_TOTAL_TIMEOUT, which is no limit unless it is set',
    honoured: EVERYWHERE,
  },
} as const satisfies Record<OptionName, OptionFacts>;
