import type { Engine, EnginePart, StreamRequest } from '../engine.ts';
import type { EngineUnderTest } from './engine-suite.ts';

/** A signal that nobody aborts. */
export function neverAborted(): AbortSignal {
  return new AbortController().signal;
}

/** The text of an answer. */
export function textOf(parts: readonly EnginePart[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** Whether a part is something that a person gets to see, so that it proves a token. */
export function isToken(part: EnginePart): boolean {
  return part.type === 'text' || part.type === 'reasoning' || part.type === 'tool_call';
}

/** A request for the long answer: the same each time, cut at 48 tokens. */
export function longRequest(subject: EngineUnderTest, options: StreamRequest['options'] = {}): StreamRequest {
  return request(subject, subject.longPrompt, { max_tokens: 48, ...options });
}

/** A request for the long answer without a limit to speak of: whoever leaves it must free the slot, or the next one waits for its end. */
export function unlimitedRequest(subject: EngineUnderTest): StreamRequest {
  return request(subject, subject.longPrompt, { max_tokens: 100_000 });
}

/** A request for the short answer. */
export function shortRequest(subject: EngineUnderTest): StreamRequest {
  return request(subject, subject.shortPrompt, { max_tokens: 16 });
}

function request(subject: EngineUnderTest, messages: StreamRequest['messages'], options: StreamRequest['options']): StreamRequest {
  return { model: subject.model, messages, profile: subject.profile, options: { temperature: 0, seed: 1, ...options } };
}

/** Brings a model into memory. */
export async function loadModel(subject: EngineUnderTest, model: string = subject.model): Promise<void> {
  await subject.engine.load(model, { profile: subject.profile, signal: neverAborted(), onProgress: () => {} });
}

/** Every part of one answer. */
export async function readAnswer(engine: Engine, request: StreamRequest, signal: AbortSignal = neverAborted()): Promise<EnginePart[]> {
  const parts: EnginePart[] = [];
  for await (const part of engine.stream(request, signal)) parts.push(part);
  return parts;
}

export interface Failure {
  readonly parts: readonly EnginePart[];
  readonly error: unknown;
}

/** Reads an answer that must fail: what came before, and the error. */
export async function readFailure(engine: Engine, request: StreamRequest, signal: AbortSignal = neverAborted()): Promise<Failure> {
  const parts: EnginePart[] = [];
  try {
    for await (const part of engine.stream(request, signal)) parts.push(part);
  } catch (error) {
    return { parts, error };
  }
  throw new Error(`the answer did not fail; its last part is ${JSON.stringify(parts.at(-1))}`);
}
