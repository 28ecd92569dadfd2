import type { AnswerEnding, Beginning, ChatStore, LogGroup } from '@pilotlight/chat';
import { expect } from 'vitest';

export const START = JSON.stringify([{ type: 'start' }]);

/** A question with its answer and generation, all named after `name`. */
export function question(
  name: string,
  over: Partial<Beginning> & { parentId?: string | null; system?: string; text?: string } = {},
): Beginning {
  const { parentId, system, text = `Question ${name}`, ...rest } = over;
  return {
    conversationId: 'c',
    title: `Title ${name}`,
    question: { kind: 'question', id: `q-${name}`, text, parentId, system },
    answerId: `a-${name}`,
    generationId: `g-${name}`,
    fingerprint: `f-${name}`,
    model: undefined,
    task: 'chat',
    firstParts: { count: 1, parts: START },
    atMs: 1000,
    ...rest,
  };
}

export function another(name: string, questionId: string): Beginning {
  return { ...question(name), question: { kind: 'same_question', id: questionId } };
}

export function group(name: string, firstOffset: number, over: Partial<LogGroup> = {}): LogGroup {
  const texts = over.parts === undefined ? ['one ', 'two '] : JSON.parse(over.parts);
  return { generationId: `g-${name}`, epoch: 1, firstOffset, count: texts.length, parts: JSON.stringify(texts), ...over };
}

export const COMPLETE: AnswerEnding = {
  content: 'one two ',
  reasoning: undefined,
  state: 'complete',
  model: 'pilot:latest',
  finishReason: 'stop',
  receipt: undefined,
  error: undefined,
};

export async function finish(store: ChatStore, name: string, firstOffset = 1): Promise<void> {
  const result = await store.end({ group: group(name, firstOffset), answer: COMPLETE, atMs: 2000 });
  expect(result.outcome).toBe('ended');
}
