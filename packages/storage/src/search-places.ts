import { toSnippet } from './search-snippet.ts';
import type { Snippet } from './search-snippet.ts';
import { findPart } from './search-words.ts';
import type { SearchWords } from './search-words.ts';

/** So many of the newest files that match are looked at. */
export const MAX_FILES = 100;

/** So much of the text of an attached file is searched, in characters; the migrations that write the index say the same. */
export const INDEXED_CHARACTERS = 250_000;

/** After so many messages comes a file. */
const MESSAGES_FOR_A_FILE = 2;

/** Messages and files in one list, each kind in its order: neither hides the other, however many there are. */
export function inTurn<Message, File>(messages: readonly Message[], files: readonly File[]): (Message | File)[] {
  const places: (Message | File)[] = [];
  for (let turn = 0; turn * MESSAGES_FOR_A_FILE < messages.length || turn < files.length; turn += 1) {
    places.push(...messages.slice(turn * MESSAGES_FOR_A_FILE, (turn + 1) * MESSAGES_FOR_A_FILE), ...files.slice(turn, turn + 1));
  }
  return places;
}

/** What is shown of a file: a piece of its text, or its name if the words stand in that alone. */
export function toFileSnippet({ name, text }: { readonly name: string; readonly text: string }, words: SearchWords): Snippet {
  const part = findPart(text, words);
  return part === undefined ? toSnippet(name, words) : toSnippet(text, words, part);
}

/** Of files that wait to be indexed so many are looked at for a step. */
export const STEP_FILES = 50;

/** A file that waits to be indexed, with what of its text will be. */
export interface OlderFile {
  readonly key: number;
  readonly characters: number;
}

/** The files that are indexed in one step: the first, and those after it as long as all together are no longer than one may be. */
export function toStep(files: readonly OlderFile[]): readonly number[] {
  let characters = 0;
  const end = files.findIndex((file, index) => {
    characters += file.characters;
    return index > 0 && characters > INDEXED_CHARACTERS;
  });
  return files.slice(0, end === -1 ? files.length : end).map(({ key }) => key);
}
