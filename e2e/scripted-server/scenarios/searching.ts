import type { SearchHit } from '@pilotlight/contract';

import { ago, conversation, MISTRAL, picture, PILOT, question, type Scenario } from '../scenario.ts';
import { OTHER_CHATS } from './others.ts';
import { TABLE_TALK } from './talk.ts';

const TALK = conversation('c-1', 'WAL mode and readers', TABLE_TALK);
const BACKUPS = conversation('c-7', 'Compare three backup plans', [question('q-7', 'Which of the three loses nothing?')], {
  updated_at: ago(300_000),
});
const TABLE: Scenario = {
  models: picture([MISTRAL, PILOT]),
  conversations: [TALK, BACKUPS, ...OTHER_CHATS.filter(({ id }) => id !== BACKUPS.id)],
  logs: {},
  open: 'c-1',
};

/** A hit whose marks are the places of a word. */
function hit(found: Pick<SearchHit, 'conversation' | 'snippet'> & Partial<SearchHit>, word: string): SearchHit {
  const { id, title, created_at, updated_at } = found.conversation;
  const marks = [...found.snippet.toLowerCase().matchAll(new RegExp(word, 'g'))].map(({ index }) => ({
    start: index,
    end: index + word.length,
  }));
  return { created_at: ago(1040), marks, ...found, conversation: { id, title, created_at, updated_at } };
}

const OLD = conversation('c-90', 'Why the plan for the cellar leaked', [], { updated_at: ago(9_000_000) });
const SCRIPT = conversation('c-91', 'A <b>plan</b> in HTML', [], { updated_at: ago(9_100_000) });

/** The side bar while something is searched. */
export const SEARCHING: Readonly<Record<string, Scenario>> = {
  'search-found': {
    ...TABLE,
    query: 'plan',
    hits: [
      hit({ conversation: BACKUPS, snippet: BACKUPS.title }, 'plan'),
      hit({ conversation: OLD, snippet: OLD.title }, 'plan'),
      hit({ conversation: SCRIPT, snippet: SCRIPT.title }, 'plan'),
      hit(
        { conversation: TALK, message_id: 'q-1', role: 'user', snippet: 'How do the modes compare, and which plan is the safest?' },
        'plan',
      ),
      hit(
        {
          conversation: TALK,
          message_id: 'a-1',
          role: 'assistant',
          snippet: '…every row below survives a crash of the program. Plan for the machine losing power: they differ when it does…',
        },
        'plan',
      ),
      hit(
        {
          conversation: OLD,
          message_id: 'a-90',
          role: 'assistant',
          created_at: ago(9_000_000),
          snippet: '…<img src=x onerror=alert(1)> is not part of the plan, <mark>is it</mark>…',
        },
        'plan',
      ),
    ],
  },
  'search-commands': { ...TABLE, query: 'mist', hits: [] },
  'search-nothing': { ...TABLE, query: 'submarine', hits: [] },
  'search-away': { ...TABLE, query: 'trip', hits: 'away' },
};
