import { EngineError } from '@pilotlight/contract';
import type { EngineFailure } from '@pilotlight/contract';
import { amountOf, toPlainText, unwrapErrorText } from '@pilotlight/engine-http';
import type { Fields } from '@pilotlight/engine-http';

export interface OllamaFailure {
  /** 200 for an error line in the middle of an answer. */
  readonly status: number;
  /** The body, or the line, as it came. */
  readonly body: string;
  readonly model: string;
  /** The header of that name: Ollama sends none, but what stands before it may. */
  readonly retryAfter?: string | undefined;
}

interface Rule {
  readonly failure: EngineFailure;
  readonly when: RegExp;
  readonly say: (model: string, text: string) => string;
}

/** Texts of Ollama and of its runner, the more particular ones first. The status says less than they do: a dead runner is 400 here and 500 there. */
const RULES: readonly Rule[] = [
  {
    failure: 'out_of_memory',
    when: /out of memory|requires more system memory|cudaMalloc failed|(?:unable|failed) to allocate|insufficient memory|not enough memory/i,
    say: (model, text) => `${model} did not fit into memory: ${text}`,
  },
  {
    failure: 'bad_file',
    when: /exceeds file size|invalid (?:gguf|file) magic|bad magic|unknown model architecture|incompatible with your version of Ollama|tensor .*(?:not found|wrong shape|duplicate)|(?:error|failed to) load(?:ing)? model|unsupported gguf/i,
    say: (model, text) => `The file of ${model} cannot be loaded: ${text}`,
  },
  {
    failure: 'too_long',
    when: /exceeds? the (?:available )?context (?:size|length)|longer than the context length|input length exceeds/i,
    say: (model) => `The prompt is longer than the context of ${model}.`,
  },
  {
    failure: 'died',
    when: /unexpectedly stopped|unexpected EOF|process has terminated|: EOF$|connection (?:refused|reset)|broken pipe|forcibly closed/i,
    say: (model, text) => `The runner of ${model} ended (${text}).`,
  },
  {
    failure: 'unsupported',
    when: /does not support|not supported|multimodal|support embeddings/i,
    say: (model, text) => `${model} cannot do that: ${text}`,
  },
  {
    failure: 'overloaded',
    when: /server busy|maximum pending requests/i,
    say: () => 'Ollama has too many requests waiting.',
  },
  {
    failure: 'failed',
    when: /timed out waiting for llama-server/i,
    say: (model) => `Loading ${model} made no progress within Ollama's own limit.`,
  },
  {
    failure: 'failed',
    when: /closed before .*finished loading|request canceled/i,
    say: (model) => `Ollama gave up loading ${model}.`,
  },
  {
    failure: 'absent',
    when: /model ["']?[^"']*["']? not found/i,
    say: (model) => `Ollama has no model ${model}.`,
  },
  {
    failure: 'invalid',
    when: /^option "|^invalid (?:format|options?|think)|^json: cannot unmarshal|must be of type/i,
    say: (_model, text) => `Ollama refused the request: ${text}`,
  },
];

const BY_STATUS: Readonly<Record<number, EngineFailure>> = {
  400: 'invalid',
  404: 'absent',
  422: 'invalid',
  429: 'overloaded',
  501: 'unsupported',
  503: 'overloaded',
};

function toLengths(facts: Fields): EngineError['lengths'] {
  const promptTokens = amountOf(facts['n_prompt_tokens']);
  const contextLength = amountOf(facts['n_ctx']);
  return promptTokens === undefined || contextLength === undefined ? undefined : { promptTokens, contextLength };
}

function sayLengths(model: string, { promptTokens, contextLength }: NonNullable<EngineError['lengths']>): string {
  return `The prompt has ${promptTokens.toLocaleString('en')} tokens; the context of ${model} holds ${contextLength.toLocaleString('en')}.`;
}

function sayStatus({ status, model }: OllamaFailure, text: string): string {
  if (status === 404) return `Ollama has no model ${model}.`;
  if (status === 403) return 'Ollama refuses requests from here (403).';
  return text === '' ? `Ollama answered with status ${status}.` : `Ollama reported: ${text}`;
}

/** Whole seconds only: the form with a date is used by no engine. */
function toRetryAfter(header: string | undefined): { readonly retryAfterSeconds?: number } {
  return header !== undefined && /^\d{1,6}$/.test(header) ? { retryAfterSeconds: Number(header) } : {};
}

/** What a refusal or an error line of Ollama means. */
export function toEngineError(failed: OllamaFailure): EngineError {
  const { text, facts } = unwrapErrorText(failed.body);
  const plain = toPlainText(text);
  if (facts['type'] === 'exceed_context_size_error') {
    const lengths = toLengths(facts);
    const words = lengths === undefined ? `The prompt is longer than the context of ${failed.model}.` : sayLengths(failed.model, lengths);
    return new EngineError('too_long', words, { lengths });
  }
  const options = { cause: new Error(text), ...toRetryAfter(failed.retryAfter) };
  const rule = RULES.find(({ when }) => when.test(text));
  if (rule !== undefined) return new EngineError(rule.failure, rule.say(failed.model, plain), options);
  const failure = failed.status >= 300 && failed.status < 400 ? 'protocol' : (BY_STATUS[failed.status] ?? 'failed');
  return new EngineError(failure, sayStatus(failed, plain), options);
}
