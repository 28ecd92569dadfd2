import { EngineError, optionsSchema } from '@pilotlight/contract';
import type { LaunchProfile, Options, StreamRequest } from '@pilotlight/contract';

/** How long Ollama keeps a model after its last request, in its own terms: seconds, or a duration such as `5m`; negative: for ever. */
export type KeepAlive = string | number;

/** The load options that go with every call, the same each time: a difference makes Ollama load the model again. */
export function toRunnerOptions(profile: LaunchProfile): { readonly num_ctx?: number } {
  const { contextLength } = profile;
  if (contextLength === undefined) return {};
  if (!Number.isInteger(contextLength) || contextLength < 1) {
    throw new EngineError('invalid', `The context length must be a whole number of tokens, not ${contextLength}.`);
  }
  return { num_ctx: contextLength };
}

/** `keep_alive` as Ollama takes it: it refuses the text "30" but takes the number. */
export function toKeepAlive(keepAlive: KeepAlive | undefined): { readonly keep_alive?: KeepAlive } {
  if (keepAlive === undefined || keepAlive === '') return {};
  return { keep_alive: typeof keepAlive === 'string' && /^[+-]?\d+(?:\.\d+)?$/.test(keepAlive) ? Number(keepAlive) : keepAlive };
}

/** Checked before it is sent: Ollama answers 500 to a wrong type, and cuts 1.5 to 1 without a word. */
function checkOptions(options: Options): Options {
  const checked = optionsSchema.safeParse(options);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new EngineError('invalid', `options.${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`);
}

function toSampling(options: Options): Record<string, unknown> {
  const { max_tokens: maxTokens, format: _format, ...sampling } = options;
  return { ...sampling, ...(maxTokens === undefined ? {} : { num_predict: maxTokens }) };
}

/**
 * The body of `/api/chat` for one answer. `truncate` is off: a prompt that does not fit is refused with its length, never shortened in silence.
 */
export function toChatBody(request: StreamRequest, keepAlive: KeepAlive | undefined): string {
  if (request.messages.length === 0) throw new EngineError('invalid', 'There is no message to answer.');
  const options = checkOptions(request.options);
  return JSON.stringify({
    model: request.model,
    messages: request.messages.map(({ role, content }) => ({ role, content })),
    stream: true,
    truncate: false,
    options: { ...toSampling(options), ...toRunnerOptions(request.profile) },
    ...(options.format === undefined ? {} : { format: options.format }),
    ...toKeepAlive(keepAlive),
  });
}
