import type { ConversationSummary, SearchHit } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { titleRows } from './title-rows.ts';

function summary(id: string, title: string): ConversationSummary {
  return { id, title, created_at: '2026-11-24T09:00:00Z', updated_at: '2026-11-24T09:00:00Z' };
}

function titleHit(conversation: ConversationSummary): SearchHit {
  return { conversation, created_at: conversation.created_at, snippet: conversation.title, marks: [{ start: 0, end: 2 }] };
}

describe('titleRows', () => {
  it('finds titles of the list without the server, each word at any place, and marks them', () => {
    const rows = titleRows('KUP  plan', [summary('a', 'Three backup plans'), summary('b', 'A plan')], []);
    expect(rows).toEqual([
      {
        conversation: summary('a', 'Three backup plans'),
        marks: [
          { start: 9, end: 12 },
          { start: 13, end: 17 },
        ],
      },
    ]);
  });

  it('puts what only the server knows below, and nothing twice', () => {
    const [known, far] = [summary('a', 'My plan'), summary('z', 'My old plan')];
    const rows = titleRows('plan', [known], [titleHit(known), titleHit(far)]);
    expect(rows.map(({ conversation }) => conversation.id)).toEqual(['a', 'z']);
    expect(rows[1]?.marks).toEqual([{ start: 0, end: 2 }]);
  });

  it('leaves messages alone, and finds nothing for blanks', () => {
    const hit = { ...titleHit(summary('a', 'My plan')), message_id: 'm' };
    expect(titleRows('other', [], [hit])).toEqual([]);
    expect(titleRows('  ', [summary('a', 'My plan')], [])).toEqual([]);
  });

  it('marks nothing where lower case moves the letters', () => {
    expect(titleRows('plan', [summary('a', 'İ plan')], [])[0]?.marks).toEqual([]);
  });
});
