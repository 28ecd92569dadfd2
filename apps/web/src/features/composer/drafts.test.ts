import { describe, expect, it } from 'vitest';

import type { KeptTexts } from '../../app/ports.ts';
import { createDrafts } from './drafts.ts';
import { restoreOutbox, type Outgoing } from './outgoing.ts';

function createMemory(): KeptTexts {
  const texts = new Map<string, string>();
  return { get: (key) => texts.get(key), set: (key, value) => void texts.set(key, value), remove: (key) => void texts.delete(key) };
}

describe('drafts', () => {
  it('are kept for each conversation, and for a new one', () => {
    const drafts = createDrafts(createMemory());
    drafts.write('c-1', 'one');
    drafts.write(undefined, 'new');
    expect([drafts.read('c-1'), drafts.read(undefined), drafts.read('c-2')]).toEqual(['one', 'new', '']);
  });

  it('are forgotten when the server has them, unless something else was typed since', () => {
    const drafts = createDrafts(createMemory());
    drafts.write('c-1', 'one');
    drafts.settle('c-1', 'one');
    expect(drafts.read('c-1')).toBe('');
    drafts.write('c-1', 'two');
    drafts.settle('c-1', 'one');
    expect(drafts.read('c-1')).toBe('two');
  });
});

describe('restoreOutbox', () => {
  const outgoing: Outgoing = {
    messageId: 'm',
    conversationId: 'c',
    text: 'x',
    parentId: null,
    model: undefined,
    createdAt: '',
    draftOf: undefined,
    state: { kind: 'lost', failures: 4 },
  };

  it('sends again what was on its way, under the same id', () => {
    expect(restoreOutbox(JSON.stringify([outgoing]))).toMatchObject([{ messageId: 'm', state: { kind: 'sending' } }]);
  });

  it('leaves refused what was refused, and survives nonsense', () => {
    const refused = { ...outgoing, state: { kind: 'refused', problem: { code: 'x' } } };
    expect(restoreOutbox(JSON.stringify([refused, { other: 1 }, null]))).toMatchObject([{ state: { kind: 'refused' } }]);
    expect([restoreOutbox('{'), restoreOutbox(undefined), restoreOutbox('{}')]).toEqual([[], [], []]);
  });
});
