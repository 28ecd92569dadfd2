import { EngineError } from '@pilotlight/contract';
import type { EngineFailure } from '@pilotlight/contract';
import { amountOf, textOf, toPlainText, unwrapErrorText } from '@pilotlight/engine-http';
import type { Fields } from '@pilotlight/engine-http';

import { toSentence } from './to-unreachable.ts';

export interface OpenaiFailure {
  /** 200 for an error in the middle of an answer. */
  readonly status: number;
  /** The body, or the frame, as it came. */
  readonly body: string;
  /** As people know it. */
  readonly model: string;
  /** How sentences name the server: "the server at gpu-1:8000". */
  readonly server: string;
  readonly retryAfterSeconds?: number | undefined;
}

interface Words {
  readonly model: string;
  /** At the beginning of a sentence. */
  readonly server: string;
  readonly text: string;
}

interface Rule {
  readonly failure: EngineFailure;
  /** Matched against the error's code, its type and its text, a line each. */
  readonly when: RegExp;
  readonly say: (words: Words) => string;
}

/** Codes and texts of the servers that are known, the more particular ones first. The status says less than they do. */
const RULES: readonly Rule[] = [
  {
    failure: 'out_of_memory',
    when: /out of memory|failed to allocate|unable to allocate|insufficient (?:system )?(?:memory|resources)|not enough memory|cudaMalloc failed/i,
    say: ({ model, text }) => `${model} did not fit into memory: ${text}`,
  },
  {
    failure: 'bad_file',
    when: /exceeds file size|invalid (?:gguf|file) magic|unknown model architecture|failed to load model|error loading model/i,
    say: ({ model, text }) => `The file of ${model} cannot be loaded: ${text}`,
  },
  {
    failure: 'too_long',
    when: /context_length_exceeded|exceeds? the (?:available )?context|maximum context length|longer than the (?:maximum|context)|context window|context length of only/i,
    say: ({ model, text }) => `The prompt is longer than the context of ${model}: ${text}`,
  },
  {
    failure: 'invalid',
    when: /content_policy|content_filter|content management policy/i,
    say: ({ server, text }) => `${server} refused the content: ${text}`,
  },
  {
    failure: 'overloaded',
    when: /loading model|model is (?:still )?loading/i,
    say: ({ server }) => `${server} is still loading its model.`,
  },
  {
    failure: 'died',
    when: /model (?:is )?not loaded|unexpected EOF|unexpectedly stopped|process has terminated|EngineDead|engine ?core|engine is dead|model has crashed|connection (?:refused|reset)|could not establish connection/i,
    say: ({ model, server, text }) => `${server} no longer runs ${model} (${text}).`,
  },
  {
    failure: 'absent',
    when: /model_not_found|model .*(?:not found|does not exist)|no such model|invalid model identifier/i,
    say: ({ model, server }) => `${server} has no model ${model}.`,
  },
  {
    failure: 'unsupported',
    when: /does not support|not supported|unsupported|not_supported/i,
    say: ({ model, text }) => `${model} cannot do that: ${text}`,
  },
];

/** A gateway before the server that cannot reach it (502, 504) is as good as no server. */
const BY_STATUS: Readonly<Record<number, EngineFailure>> = {
  400: 'invalid',
  404: 'absent',
  405: 'unsupported',
  413: 'too_long',
  422: 'invalid',
  429: 'overloaded',
  501: 'unsupported',
  502: 'unreachable',
  503: 'overloaded',
  504: 'unreachable',
};

/** Where the request itself is called wrong, the body often repeats it: a prompt must not come into a log with the cause. */
const ECHOING: ReadonlySet<number> = new Set([400, 422]);

function toLengths(facts: Fields): EngineError['lengths'] {
  const promptTokens = amountOf(facts['n_prompt_tokens']);
  const contextLength = amountOf(facts['n_ctx']);
  return promptTokens === undefined || contextLength === undefined ? undefined : { promptTokens, contextLength };
}

function sayLengths(model: string, { promptTokens, contextLength }: NonNullable<EngineError['lengths']>): string {
  return `The prompt has ${promptTokens.toLocaleString('en')} tokens; the context of ${model} holds ${contextLength.toLocaleString('en')}.`;
}

function sayStatus(status: number, { model, server, text }: Words): string {
  if (status === 404 && text === '') return `${server} has no model ${model}, or no such address.`;
  if (status === 429) return `${server} takes no more requests for now (429)${text === '' ? '' : `: ${text}`}`;
  if (status >= 300 && status < 400) return `${server} sends requests on to another address (${status}); set that address itself.`;
  return text === '' ? `${server} answered with status ${status}.` : `${server} reported: ${text}`;
}

/**
 * What a refusal means. A refused key is `unreachable`: nothing of that server can be used until somebody corrects it. Its body is not repeated, as
 * some servers put the key into it.
 */
export function toEngineError(failed: OpenaiFailure): EngineError {
  const { status, model } = failed;
  const server = toSentence(failed.server);
  if (status === 401 || status === 403)
    return new EngineError('unreachable', `${server} refuses the access key (${status}): correct PILOTLIGHT_SERVER_KEYS.`);
  const { text, facts } = unwrapErrorText(failed.body);
  const isPage = /^\s*</.test(text);
  const words: Words = { model, server, text: isPage ? '' : toPlainText(text).slice(0, 500) };
  const { retryAfterSeconds } = failed;
  const options = {
    ...(ECHOING.has(status) ? {} : { cause: new Error(text) }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
  const lengths = toLengths(facts);
  if (lengths !== undefined) return new EngineError('too_long', sayLengths(model, lengths), { ...options, lengths });
  const marks = [textOf(facts['code']), textOf(facts['type']), isPage ? undefined : text].filter((mark) => mark !== undefined).join('\n');
  const rule = RULES.find(({ when }) => when.test(marks));
  if (rule !== undefined) return new EngineError(rule.failure, rule.say(words), options);
  const failure = status >= 300 && status < 400 ? 'protocol' : (BY_STATUS[status] ?? 'failed');
  return new EngineError(failure, sayStatus(status, words), options);
}

const LONGEST_RETRY_SECONDS = 86_400;

/** Seconds from a `Retry-After`: a number, or a date; a day at most. */
export function toRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+(?:\.\d+)?$/.test(header)) return Math.min(LONGEST_RETRY_SECONDS, Math.ceil(Number(header)));
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.min(LONGEST_RETRY_SECONDS, Math.max(0, Math.ceil((date - nowMs) / 1_000)));
}
