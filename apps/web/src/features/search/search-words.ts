import type { SearchHit } from '@pilotlight/contract';

import { formatCount, toSentence } from '../../ui/format.ts';
import type { SearchState } from './create-search.ts';

/** How the search stands, in a sentence; undefined where what was found says it all. `titles` is how many were found in the list. */
export function searchWords({ query, answer, hits }: SearchState, titles: number): string | undefined {
  const text = query.trim();
  const messages = hits.filter(({ message_id: message }) => message !== undefined).length;
  switch (answer.kind) {
    case 'none':
      return undefined;
    case 'asking':
      return messages === 0 ? 'Searching the messages…' : undefined;
    case 'failed': {
      const { problem } = answer.failure;
      const why = problem === undefined ? 'The server does not answer.' : toSentence(problem.detail);
      return `${why} Only the titles of the list were searched.`;
    }
    case 'found':
      if (titles + messages > 0) return undefined;
      return `No chat has “${text}” in its title, its messages or its files. Words are found whole; the last may be the beginning of one.`;
    default:
      return answer satisfies never;
  }
}

/** For those who hear the page: what there is to choose from. */
export function countedWords({ answer, hits }: SearchState, titles: number): string {
  if (answer.kind !== 'found') return '';
  const messages = hits.filter(({ message_id: message }) => message !== undefined).length;
  if (titles + messages === 0) return '';
  const more = answer.next === null ? '' : ', and more';
  return `${counted(titles, 'title')}, ${counted(messages, 'message')}${more}`;
}

function counted(count: number, what: string): string {
  return `${formatCount(count)} ${count === 1 ? what : `${what}s`}`;
}

/** Where the words of the snippet stand; of a file that was found by its name, that is the snippet. */
export function whereWords({ role, attachment, snippet }: Pick<SearchHit, 'role' | 'attachment' | 'snippet'>): string | null {
  if (attachment === undefined) return role === 'user' ? 'You: ' : null;
  return attachment.name === snippet ? 'File: ' : `In ${attachment.name}: `;
}
