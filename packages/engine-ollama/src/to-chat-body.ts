import { EngineError, optionsSchema } from '@pilotlight/contract';
import type { LaunchProfile, Message, Options, StreamRequest } from '@pilotlight/contract';

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

/**
 * What belongs to the deployment is not among them: another context length would load the model again, and a `keep_alive` of one request would stop the
 * loads of others for good, where Ollama is about to let the model go.
 */
function toSampling(options: Options): Record<string, unknown> {
  const {
    max_tokens: maxTokens,
    format: _format,
    thinking: _thinking,
    context_length: _context,
    keep_alive: _keep,
    queue_timeout: _queue,
    total_timeout: _total,
    ...sampling
  } = options;
  return { ...sampling, ...(maxTokens === undefined ? {} : { num_predict: maxTokens }) };
}

/** Ollama refuses `think` where the model cannot think, so only those that can are told. */
function toThink({ thinking }: Options, canThink: boolean): { readonly think?: Options['thinking'] } {
  return thinking === undefined || !canThink ? {} : { think: thinking };
}

export interface ChatSetup {
  readonly keepAlive?: KeepAlive | undefined;
  readonly canThink?: boolean;
}

/** Images are bare base64 here: Ollama finds their type by itself. */
function toWireMessage({ role, content, images }: Message): object {
  return { role, content, ...(images === undefined ? {} : { images: images.map(({ data }) => data) }) };
}

/**
 * The body of `/api/chat` for one answer. `truncate` is off: a prompt that does not fit is refused with its length, never shortened in silence.
 */
export function toChatBody(request: StreamRequest, { keepAlive, canThink = false }: ChatSetup = {}): string {
  if (request.messages.length === 0) throw new EngineError('invalid', 'There is no message to answer.');
  const options = checkOptions(request.options);
  return JSON.stringify({
    model: request.model,
    messages: request.messages.map(toWireMessage),
    stream: true,
    truncate: false,
    options: { ...toSampling(options), ...toRunnerOptions(request.profile) },
    ...(options.format === undefined ? {} : { format: options.format }),
    ...toThink(options, canThink),
    ...toKeepAlive(keepAlive),
  });
}
