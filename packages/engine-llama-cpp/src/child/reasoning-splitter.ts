import { longestStart } from './stop-scanner.ts';

export interface ReasoningMarks {
  readonly open: string;
  readonly close: string;
  /** The template has opened the reasoning itself, so the text begins inside it. */
  readonly startsInside: boolean;
}

export interface SplitPart {
  readonly type: 'text' | 'reasoning';
  readonly text: string;
}

/** Parts what a model thinks from what it says, in a text that comes in pieces. */
export interface ReasoningSplitter {
  /** What comes next is thought. */
  readonly isInside: boolean;
  push(text: string): readonly SplitPart[];
  end(): readonly SplitPart[];
}

/** Reasoning may only be at the start of an answer, where models put it; marks further on are text that speaks about them. Blank edges are dropped. */
export function createReasoningSplitter(marks: ReasoningMarks | undefined): ReasoningSplitter {
  if (marks === undefined) return { isInside: false, push: (text) => toParts('text', text), end: () => [] };
  let place: 'before' | 'inside' | 'after' | 'started' = marks.startsInside ? 'inside' : 'before';
  let held = '';

  function pushBefore(text: string): readonly SplitPart[] {
    const trimmed = text.trimStart();
    if (trimmed.startsWith(marks?.open ?? '')) {
      place = 'inside';
      return push(trimmed.slice(marks?.open.length));
    }
    if (marks?.open.startsWith(trimmed) === true) {
      held = text;
      return [];
    }
    place = 'started';
    return toParts('text', text);
  }

  function pushInside(text: string): readonly SplitPart[] {
    const close = marks?.close ?? '';
    const index = text.indexOf(close);
    if (index === -1) {
      const keep = longestStart(text, [close]);
      held = text.slice(text.length - keep);
      return toParts('reasoning', text.slice(0, text.length - keep));
    }
    place = 'after';
    return [...toParts('reasoning', text.slice(0, index)), ...push(text.slice(index + close.length))];
  }

  function pushAfter(text: string): readonly SplitPart[] {
    const trimmed = text.trimStart();
    if (trimmed !== '') place = 'started';
    return toParts('text', trimmed);
  }

  function push(text: string): readonly SplitPart[] {
    const all = held + text;
    held = '';
    switch (place) {
      case 'before':
        return pushBefore(all);
      case 'inside':
        return pushInside(all);
      case 'after':
        return pushAfter(all);
      case 'started':
        return toParts('text', all);
      default:
        return place satisfies never;
    }
  }

  return {
    get isInside() {
      return place === 'inside';
    },
    push,
    end() {
      const rest = held;
      held = '';
      return toParts(place === 'inside' ? 'reasoning' : 'text', rest);
    },
  };
}

function toParts(type: SplitPart['type'], text: string): readonly SplitPart[] {
  return text === '' ? [] : [{ type, text }];
}
