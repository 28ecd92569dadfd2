import type { StreamPart } from '@pilotlight/contract';

import type { WrittenAnswer } from './answer-ending.ts';

/** An answer as it is being written. Text that is put together piece by piece is kept by the engine of JavaScript as all its pieces, which takes ten times the text. */
export interface WrittenText {
  /** Takes what a part adds, if it adds any. */
  add(part: StreamPart): void;
  /** Characters so far, reasoning included. */
  readonly length: number;
  whole(): WrittenAnswer;
}

/** Pieces are joined to one when they are this long together. */
const JOINED_CHARACTERS = 2_048;

export function createWrittenText(before: WrittenAnswer = { content: '', reasoning: '' }): WrittenText {
  const content = createPieces(before.content);
  const reasoning = createPieces(before.reasoning);
  let length = before.content.length + before.reasoning.length;
  return {
    add(part) {
      if (part.type !== 'text' && part.type !== 'reasoning') return;
      length += part.text.length;
      (part.type === 'text' ? content : reasoning).add(part.text);
    },
    get length() {
      return length;
    },
    whole: () => ({ content: content.whole(), reasoning: reasoning.whole() }),
  };
}

interface Pieces {
  add(text: string): void;
  whole(): string;
}

function createPieces(before: string): Pieces {
  const joined = [before];
  let recent: string[] = [];
  let characters = 0;
  return {
    add(text) {
      recent.push(text);
      characters += text.length;
      if (characters < JOINED_CHARACTERS) return;
      joined.push(recent.join(''));
      recent = [];
      characters = 0;
    },
    whole: () => [...joined, ...recent].join(''),
  };
}
