import { EngineError, optionsSchema } from '@pilotlight/contract';
import type { Message, Options, StreamRequest } from '@pilotlight/contract';

import type { ServerKind } from './to-model-description.ts';

export interface ChatCall {
  readonly request: StreamRequest;
  /** As the server calls the model. */
  readonly id: string;
  readonly kind: ServerKind;
}

type Body = Readonly<Record<string, unknown>>;

/** Checked before it is sent: servers differ in what they do with a wrong value, and some do it in silence. */
function checkOptions(options: Options): Options {
  const checked = optionsSchema.safeParse(options);
  if (checked.success) return checked.data;
  const [issue] = checked.error.issues;
  throw new EngineError('invalid', `options.${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}`);
}

/** vLLM has its own name for it; a server of unknown kind gets both, of which it takes the one that it knows. */
function toRepeatPenalty(value: number | undefined, kind: ServerKind): Body {
  if (value === undefined) return {};
  if (kind === 'vllm') return { repetition_penalty: value };
  return kind === 'plain' ? { repetition_penalty: value, repeat_penalty: value } : { repeat_penalty: value };
}

/** Off is 0 with us and llama.cpp, -1 with all versions of vLLM. */
function toTopK(value: number | undefined, kind: ServerKind): Body {
  if (value === undefined) return {};
  return { top_k: kind === 'vllm' && value === 0 ? -1 : value };
}

/** LM Studio takes a schema alone; any JSON object is a schema as well. */
function toResponseFormat(format: Options['format'], kind: ServerKind): Body {
  if (format === undefined) return {};
  if (format === 'json' && kind !== 'lm-studio') return { response_format: { type: 'json_object' } };
  const schema = format === 'json' ? { type: 'object' } : format;
  return { response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } } };
}

/**
 * llama-server and vLLM hand arguments on to the template, which calls the switch one or the other; the effort has a field of its own. Elsewhere the
 * effort is the switch as well: some servers refuse fields that they do not know.
 */
function toThinking(thinking: Options['thinking'], kind: ServerKind): Body {
  if (thinking === undefined) return {};
  const isOn = thinking !== false;
  const effort = typeof thinking === 'string' ? thinking : undefined;
  if (kind === 'plain' || kind === 'lm-studio') return { reasoning_effort: isOn ? (effort ?? 'medium') : 'none' };
  return {
    chat_template_kwargs: { enable_thinking: isOn, thinking: isOn },
    ...(effort === undefined ? {} : { reasoning_effort: effort }),
  };
}

/** What belongs to the deployment is not sent: the server was started with its own context, and keeps models as it was told to. */
function toSampling(options: Options, kind: ServerKind): Body {
  const {
    repeat_penalty: repeatPenalty,
    top_k: topK,
    format,
    thinking,
    context_length: _context,
    keep_alive: _keep,
    queue_timeout: _queue,
    total_timeout: _total,
    ...sampling
  } = options;
  return {
    ...sampling,
    ...toTopK(topK, kind),
    ...toRepeatPenalty(repeatPenalty, kind),
    ...toResponseFormat(format, kind),
    ...toThinking(thinking, kind),
  };
}

/** The messages as they go over the wire. */
export function toWireMessages(messages: readonly Message[]): readonly Body[] {
  return messages.map(({ role, content, images }) => {
    if (images === undefined) return { role, content };
    const pictures = images.map(({ media_type: type, data }) => ({ type: 'image_url', image_url: { url: `data:${type};base64,${data}` } }));
    return { role, content: [{ type: 'text', text: content }, ...pictures] };
  });
}

/**
 * vLLM goes on from a last message of the assistant only where it is told to, and a server of unknown kind may be one. llama-server does so by itself,
 * and so do others or not: whoever relies on it has tried it.
 */
function toContinuing(messages: readonly Message[], kind: ServerKind): Body {
  if (messages.at(-1)?.prefix !== true || (kind !== 'vllm' && kind !== 'plain')) return {};
  return { continue_final_message: true, add_generation_prompt: false };
}

/** The body of `/v1/chat/completions` for one answer. llama-server also tells how far it has read the prompt. */
export function toChatBody({ request, id, kind }: ChatCall): string {
  if (request.messages.length === 0) throw new EngineError('invalid', 'There is no message to answer.');
  const options = checkOptions(request.options);
  const tellsReading = kind === 'llama-server' || kind === 'llama-router';
  return JSON.stringify({
    model: id,
    messages: toWireMessages(request.messages),
    stream: true,
    stream_options: { include_usage: true },
    ...(tellsReading ? { return_progress: true } : {}),
    ...toContinuing(request.messages, kind),
    ...toSampling(options, kind),
  });
}
