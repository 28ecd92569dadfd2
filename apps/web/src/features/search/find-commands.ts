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

/** Commands whose words begin with those of the query, in any order. One letter is not enough to mean one. */
export function findCommands(query: string, situation: Situation): FoundCommands {
  const wanted = toWords(query);
  if (wanted.join('').length < 2) return { models: [], actions: [] };
  const isMeant = ({ words }: FoundCommand): boolean => {
    const own = toWords(words);
    return wanted.every((word) => own.some((candidate) => candidate.startsWith(word)));
  };
  return {
    models: situation.models.filter(canChat).flatMap(modelCommands).filter(isMeant).slice(0, MOST_MODELS),
    actions: actionCommands(situation).filter(isMeant),
  };
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
