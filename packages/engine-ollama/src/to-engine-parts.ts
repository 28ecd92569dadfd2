import { EngineError } from '@pilotlight/contract';
import type { EnginePart, Timings, ToolCall, Usage } from '@pilotlight/contract';
import { amountOf, fieldsOf, isFields, listOf, parseFields, textOf } from '@pilotlight/engine-http';
import type { Fields } from '@pilotlight/engine-http';

import { toEngineError } from './to-engine-error.ts';

/** What the lines before have shown. */
export interface AnswerState {
  readonly model: string;
  toolCalls: number;
}

function toToolCall(value: unknown, index: number): ToolCall {
  const call = fieldsOf(value);
  const called = fieldsOf(call['function']);
  const name = textOf(called['name']);
  if (name === undefined) throw new EngineError('protocol', 'Ollama sent a tool call without a name.');
  const given = called['arguments'];
  const values = typeof given === 'string' ? parseFields(given) : fieldsOf(given);
  return { id: textOf(call['id']) ?? `call_${index}`, name, arguments: values ?? {} };
}

function toUsage(line: Fields): Usage {
  const promptTokens = amountOf(line['prompt_eval_count']);
  const completionTokens = amountOf(line['eval_count']);
  return {
    ...(promptTokens === undefined ? {} : { promptTokens }),
    ...(completionTokens === undefined ? {} : { completionTokens }),
  };
}

const toMs = (nanoseconds: number): number => nanoseconds / 1e6;

function toTimings(line: Fields): Timings {
  const prompt = amountOf(line['prompt_eval_duration']);
  const completion = amountOf(line['eval_duration']);
  return {
    ...(prompt === undefined ? {} : { promptMs: toMs(prompt) }),
    ...(completion === undefined ? {} : { completionMs: toMs(completion) }),
  };
}

function toFinish(line: Fields, state: AnswerState): EnginePart {
  const reason = line['done_reason'] === 'length' ? 'length' : state.toolCalls > 0 ? 'tool_calls' : 'stop';
  return { type: 'finish', reason, usage: toUsage(line), timings: toTimings(line) };
}

/**
 * The parts in one line of `/api/chat`; a line with `done:true` gives the finish as its last part. Thinking, text and tool calls may stand in any line,
 * also the last one. Throws what an error line says, and `protocol` for what is no such line.
 */
export function toEngineParts(text: string, state: AnswerState): readonly EnginePart[] {
  const line = parseFields(text);
  if (line === undefined) throw new EngineError('protocol', 'Ollama sent a line that is no JSON object.');
  if (line['error'] !== undefined) throw toEngineError({ status: 200, body: text, model: state.model });
  const { message, done } = line;
  if (!isFields(message) && done !== true) throw new EngineError('protocol', 'Ollama sent a line without a message.');
  const parts: EnginePart[] = [];
  const { thinking, content, tool_calls: calls } = fieldsOf(message);
  if (typeof thinking === 'string' && thinking !== '') parts.push({ type: 'reasoning', text: thinking });
  if (typeof content === 'string' && content !== '') parts.push({ type: 'text', text: content });
  for (const call of listOf(calls)) {
    state.toolCalls += 1;
    parts.push({ type: 'tool_call', call: toToolCall(call, state.toolCalls) });
  }
  if (done === true) parts.push(toFinish(line, state));
  return parts;
}
