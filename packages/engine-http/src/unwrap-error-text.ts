import type { Fields } from './read-fields.ts';
import { fieldsOf, isFields, parseFields, textOf } from './read-fields.ts';

export interface ErrorText {
  readonly text: string;
  /** The innermost error object, if there is one: it may carry a type and figures. */
  readonly facts: Fields;
}

const MAX_DEPTH = 4;
/** What says more than that is a page or a dump. Patterns that look through a text take time with the square of its length. */
const LONGEST_TEXT = 1_000;

/**
 * The innermost text of an error body. Ollama hands on what its runner said, so that the text of an error may itself be JSON with an error in it;
 * each layer is taken off. What is no JSON at all is the text. Of a long text only the beginning is given.
 */
export function unwrapErrorText(body: string): ErrorText {
  let text = body.trim();
  let facts: Fields = {};
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    const outer = parseFields(text);
    if (outer === undefined) break;
    const { error } = outer;
    if (isFields(error)) facts = error;
    const inner = textOf(error) ?? textOf(fieldsOf(error)['message']) ?? textOf(outer['message']);
    if (inner === undefined) return { text: '', facts };
    text = inner;
  }
  return { text: text.slice(0, LONGEST_TEXT), facts };
}

/** The text as people may see it: no registry host before a model's name, no address of an inner process, no path. */
export function toPlainText(text: string): string {
  return text
    .replaceAll(/(?:\b[A-Z][a-z]+ )?"?https?:\/\/[^\s"]+"?/g, 'the runner')
    .replaceAll(/(?:<registry>|[\w-]+(?:\.[\w-]+)+(?::\d+)?)\/(?:library\/)?(?=[\w.-]+(?:\/[\w.-]+)*:[\w.-]+)/g, '')
    .replaceAll(/(?:[A-Za-z]:)?(?:[/\\][\w.@+ -]+){2,}/g, "the model's file")
    .replaceAll(/\s+/g, ' ')
    .trim();
}
