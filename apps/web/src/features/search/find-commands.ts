import type { ModelView } from '@pilotlight/contract';

import { canChat } from '../models/models-state.ts';

/** What a row of the search does that leads to no chat. */
export type Command =
  | { readonly kind: 'answer-with'; readonly model: ModelView }
  | { readonly kind: 'load'; readonly model: ModelView }
  | { readonly kind: 'unload'; readonly model: ModelView }
  | { readonly kind: 'new-chat' | 'temporary-chat' | 'details' | 'settings' | 'bring-back' }
  | { readonly kind: 'stop'; readonly generation: string };

export interface FoundCommand {
  readonly command: Command;
  readonly words: string;
}

/** What the page shows and does now, as far as a command depends on it. */
export interface Situation {
  readonly models: readonly ModelView[];
  /** The answer that is being written in the open chat. */
  readonly running: string | undefined;
  readonly hasDeletion: boolean;
}

export interface FoundCommands {
  readonly models: readonly FoundCommand[];
  readonly actions: readonly FoundCommand[];
}

const MOST_MODELS = 6;

/** From so many letters on a word is also looked for inside of the words of what is done: “load” means “unload” too. In names it would find too much. */
const MEANT_INSIDE = 4;

/**
 * Commands whose words begin with those of the query, in any order; after them those that have them inside. One letter is not enough to mean one. Of a model
 * that is loaded, “load” finds first that it can answer: whoever takes the first row does not unload what they wanted loaded.
 */
export function findCommands(query: string, situation: Situation): FoundCommands {
  const wanted = toWords(query);
  if (wanted.join('').length < 2) return { models: [], actions: [] };
  const meant = (commands: readonly FoundCommand[]): FoundCommand[] => {
    const begun = commands.filter((found) => wanted.every((word) => begins(found, word)));
    const inside = commands.filter(
      (found) => !begun.includes(found) && wanted.every((word) => begins(found, word) || contains(found, word)),
    );
    return [...begun, ...inside];
  };
  return {
    models: meant(situation.models.filter(canChat).flatMap(modelCommands)).slice(0, MOST_MODELS),
    actions: meant(actionCommands(situation)),
  };
}

function begins({ words }: FoundCommand, word: string): boolean {
  return toWords(words).some((candidate) => candidate.startsWith(word));
}

function contains({ command, words }: FoundCommand, word: string): boolean {
  if (word.length < MEANT_INSIDE) return false;
  const does = 'model' in command ? words.replace(command.model.name, '') : words;
  const isLoaded = command.kind === 'answer-with' && command.model.ready;
  return toWords(isLoaded ? `${does} loaded` : does).some((candidate) => candidate.includes(word));
}

function toWords(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[\s:/]+/)
    .filter((word) => word !== '');
}

function modelCommands(model: ModelView): FoundCommand[] {
  const { name, phase, health } = model;
  const answer: FoundCommand = { command: { kind: 'answer-with', model }, words: `Answer with ${name}` };
  if (model.ready || phase === 'wedged') return [answer, { command: { kind: 'unload', model }, words: `Unload ${name}` }];
  const canLoad = health && (phase === 'cold' || phase === 'failed' || phase === 'unknown');
  return canLoad ? [answer, { command: { kind: 'load', model }, words: `Load ${name}` }] : [answer];
}

function actionCommands({ running, hasDeletion }: Situation): FoundCommand[] {
  return [
    { command: { kind: 'new-chat' }, words: 'New chat' },
    { command: { kind: 'temporary-chat' }, words: 'New temporary chat' },
    ...(running === undefined ? [] : [{ command: { kind: 'stop', generation: running } as const, words: 'Stop the answer' }]),
    { command: { kind: 'details' }, words: 'Details of the last answer' },
    { command: { kind: 'settings' }, words: 'Settings of this chat' },
    ...(hasDeletion ? [{ command: { kind: 'bring-back' } as const, words: 'Bring back the deleted chat' }] : []),
  ];
}
