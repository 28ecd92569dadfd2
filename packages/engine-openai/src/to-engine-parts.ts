import { EngineError } from '@pilotlight/contract';
import type { EnginePart, Timings, ToolCall, Usage } from '@pilotlight/contract';
import { amountOf, fieldsOf, isFields, listOf, parseFields, textOf } from '@pilotlight/engine-http';
import type { Fields } from '@pilotlight/engine-http';

import { toEngineError } from './to-engine-error.ts';

interface CallDraft {
  id: string | undefined;
  name: string;
  arguments: string;
}

type Reason = 'stop' | 'length' | 'tool_calls';

/** What the lines before have shown. */
export interface AnswerState {
  readonly model: string;
  readonly server: string;
  /** Tool calls come in pieces, by index. */
  readonly calls: Map<number, CallDraft>;
  /** A token came: reading the prompt is over. */
  hasToken: boolean;
  /** Set by the chunk with a `finish_reason`: from then on the answer is whole. */
  reason: Reason | undefined;
  /** `[DONE]` came: nothing follows. */
  isDone: boolean;
  usage: Fields;
  timings: Fields;
}

export function beginAnswer(model: string, server: string): AnswerState {
  return { model, server, calls: new Map(), hasToken: false, reason: undefined, isDone: false, usage: {}, timings: {} };
}

function addCallPiece(state: AnswerState, value: unknown, place: number): void {
  const piece = fieldsOf(value);
  const called = fieldsOf(piece['function']);
  const index = amountOf(piece['index']) ?? place;
  const draft = state.calls.get(index) ?? { id: undefined, name: '', arguments: '' };
  draft.id ??= textOf(piece['id']);
  draft.name += textOf(called['name']) ?? '';
  const given = called['arguments'];
  draft.arguments += typeof given === 'string' ? given : isFields(given) ? JSON.stringify(given) : '';
  state.calls.set(index, draft);
}

function toToolCall(draft: CallDraft, index: number, server: string): ToolCall {
  if (draft.name === '') throw new EngineError('protocol', `A tool call without a name came from ${server}.`);
  const values = draft.arguments.trim() === '' ? {} : parseFields(draft.arguments);
  if (values === undefined) throw new EngineError('protocol', `A tool call whose arguments are no JSON object came from ${server}.`);
  return { id: draft.id ?? `call_${index + 1}`, name: draft.name, arguments: values };
}

function toCallParts({ calls, server }: AnswerState): readonly EnginePart[] {
  return [...calls]
    .toSorted(([left], [right]) => left - right)
    .map(([index, draft]) => ({ type: 'tool_call', call: toToolCall(draft, index, server) }));
}

/** What a `finish_reason` means; those that are no end of an answer are thrown. */
function toReason(text: string, { calls, model }: AnswerState): Reason {
  if (text === 'content_filter') throw new EngineError('invalid', `A content filter ended the answer of ${model}.`);
  if (text === 'error') throw new EngineError('failed', `${model} failed in the middle of the answer.`);
  if (text === 'abort' || text === 'cancelled') throw new EngineError('cut', `The answer of ${model} was broken off by its server.`);
  if (text === 'length' || text === 'max_tokens') return 'length';
  return calls.size > 0 ? 'tool_calls' : 'stop';
}

function toReading(value: unknown): readonly EnginePart[] {
  const { total, processed } = fieldsOf(value);
  const tokensTotal = amountOf(total);
  const tokensDone = amountOf(processed);
  if (tokensTotal === undefined || tokensDone === undefined) return [];
  return [{ type: 'reading', tokensDone: Math.min(tokensDone, tokensTotal), tokensTotal }];
}

function toDeltaParts(delta: Fields, state: AnswerState): readonly EnginePart[] {
  const parts: EnginePart[] = [];
  const reasoning = textOf(delta['reasoning_content']) ?? textOf(delta['reasoning']);
  const content = textOf(delta['content']);
  if (reasoning !== undefined) parts.push({ type: 'reasoning', text: reasoning });
  if (content !== undefined) parts.push({ type: 'text', text: content });
  for (const [place, call] of listOf(delta['tool_calls']).entries()) addCallPiece(state, call, place);
  if (parts.length > 0 || state.calls.size > 0) state.hasToken = true;
  return parts;
}

function readChunk(chunk: Fields, state: AnswerState): readonly EnginePart[] {
  if (isFields(chunk['usage'])) state.usage = chunk['usage'];
  if (isFields(chunk['timings'])) state.timings = chunk['timings'];
  const choices = listOf(chunk['choices']).filter(isFields);
  const choice = choices.find(({ index }) => (amountOf(index) ?? 0) === 0);
  const reading = state.hasToken ? [] : toReading(chunk['prompt_progress']);
  if (choice === undefined || state.reason !== undefined) return reading;
  const parts = toDeltaParts(fieldsOf(choice['delta']), state);
  const reason = textOf(choice['finish_reason']);
  if (reason === undefined) return [...reading, ...parts];
  state.reason = toReason(reason, state);
  return [...reading, ...parts, ...toCallParts(state)];
}

/**
 * The parts in one line of an event stream. Comments and other fields than `data` say nothing. Throws what an error says, in a frame or bare,
 * and `protocol` for what is no JSON: a token may have stood there, and an answer with a hole must not look whole.
 */
export function toEngineParts(line: string, state: AnswerState): readonly EnginePart[] {
  if (state.isDone || /^(?::|(?:event|id|retry)(?::|$))/.test(line)) return [];
  const data = /^data:\s*(?<text>.*)$/.exec(line)?.groups?.['text'];
  if (data === '[DONE]') {
    state.isDone = true;
    return [];
  }
  const { server, model } = state;
  const chunk = parseFields(data ?? line);
  if (chunk?.['error'] !== undefined && chunk['error'] !== null)
    throw toEngineError({ status: 200, body: JSON.stringify(chunk), model, server });
  if (chunk?.['object'] === 'error') throw toEngineError({ status: 200, body: JSON.stringify(chunk), model, server });
  if (data === '') return [];
  if (data === undefined || chunk === undefined) throw new EngineError('protocol', `A line that is no JSON event came from ${server}.`);
  return readChunk(chunk, state);
}

function toUsage({ usage, timings }: AnswerState): Usage {
  const read = amountOf(timings['prompt_n']);
  const cached = amountOf(fieldsOf(usage['prompt_tokens_details'])['cached_tokens']) ?? amountOf(timings['cache_n']);
  const promptTokens = amountOf(usage['prompt_tokens']) ?? (read === undefined ? undefined : read + (cached ?? 0));
  const reasoningTokens = amountOf(fieldsOf(usage['completion_tokens_details'])['reasoning_tokens']);
  const completionTokens = amountOf(usage['completion_tokens']) ?? amountOf(timings['predicted_n']);
  return {
    ...(promptTokens === undefined ? {} : { promptTokens }),
    ...(cached === undefined ? {} : { cachedTokens: cached }),
    ...(completionTokens === undefined ? {} : { completionTokens }),
    ...(reasoningTokens === undefined || reasoningTokens === 0 ? {} : { reasoningTokens }),
  };
}

function toTimings({ timings }: AnswerState): Timings {
  const promptMs = amountOf(timings['prompt_ms']);
  const completionMs = amountOf(timings['predicted_ms']);
  return {
    ...(promptMs === undefined ? {} : { promptMs }),
    ...(completionMs === undefined ? {} : { completionMs }),
  };
}

/** The finish of an answer that has ended; `cut` if no `finish_reason` came, whatever else said that it is over. */
export function toFinish(state: AnswerState): EnginePart {
  if (state.reason === undefined) throw new EngineError('cut', 'The answer ended without its end marker.');
  return { type: 'finish', reason: state.reason, usage: toUsage(state), timings: toTimings(state) };
}
