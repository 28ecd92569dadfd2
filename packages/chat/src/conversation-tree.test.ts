import { describe, expect, it } from 'vitest';

import type { BranchMessage } from './chat-store.ts';
import { toBranch, toContext, toHistory, toLeaf } from './conversation-tree.ts';

const tree = [
  { id: 'q1', parent_id: null },
  { id: 'a1', parent_id: 'q1' },
  { id: 'q2', parent_id: 'a1' },
  { id: 'a2', parent_id: 'q2' },
  { id: 'a3', parent_id: 'q1' },
  { id: 'q4', parent_id: 'a1' },
  { id: 'a4', parent_id: 'q4' },
];

function user(content: string, system?: string): BranchMessage {
  return { id: 'q', role: 'user', content, system, attachments: [] };
}

function assistant(content: string): BranchMessage {
  return { id: 'a', role: 'assistant', content, system: undefined, attachments: [] };
}

describe('a branch', () => {
  it('leads from the root to the head', () => {
    expect(toBranch(tree, 'a4').map(({ id }) => id)).toEqual(['q1', 'a1', 'q4', 'a4']);
    expect(toBranch(tree, null)).toEqual([]);
  });

  it('ends where it is broken or runs in a circle', () => {
    const circle = [
      { id: 'x', parent_id: 'y' },
      { id: 'y', parent_id: 'x' },
    ];
    expect(toBranch(circle, 'x')).toHaveLength(2);
    expect(toBranch([{ id: 'x', parent_id: 'gone' }], 'x')).toHaveLength(1);
  });

  it('is found by any of its messages: the newest below it', () => {
    expect(toLeaf(tree, 'q1')).toBe('a3');
    expect(toLeaf(tree, 'a1')).toBe('a4');
    expect(toLeaf(tree, 'q2')).toBe('a2');
    expect(toLeaf(tree, 'a2')).toBe('a2');
  });
});

describe('what a model is given', () => {
  it('is the branch, the system prompt first', () => {
    expect(toContext([user('One', 'Be brief.'), assistant('1'), user('Two')])).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'One' },
      { role: 'assistant', content: '1' },
      { role: 'user', content: 'Two' },
    ]);
  });

  it('has the system prompt that was set last', () => {
    expect(toContext([user('One', 'Be brief.'), assistant('1'), user('Two', 'Be long.')])[0]).toEqual({
      role: 'system',
      content: 'Be long.',
    });
    expect(toContext([user('One', ' ')])).toHaveLength(1);
  });

  it('leaves out answers without text, so that question and answer still take turns', () => {
    expect(toContext([user('One'), assistant(''), user('Two'), assistant('half an ans'), user('Three')])).toEqual([
      { role: 'user', content: 'One\n\nTwo' },
      { role: 'assistant', content: 'half an ans' },
      { role: 'user', content: 'Three' },
    ]);
  });
});

it('the history is the shown branch', () => {
  const messages = [
    { id: 'q1', parent_id: null, role: 'user' as const, content: 'One', created_at: 't1' },
    { id: 'a1', parent_id: 'q1', role: 'assistant' as const, content: '1', created_at: 't2', model: 'm' },
    { id: 'a2', parent_id: 'q1', role: 'assistant' as const, content: 'I', created_at: 't3' },
  ];
  expect(toHistory({ id: 'c', head_id: 'a1', messages })).toEqual({
    conversation_id: 'c',
    messages: [
      { role: 'user', content: 'One', timestamp: 't1' },
      { role: 'assistant', content: '1', timestamp: 't2', model: 'm' },
    ],
  });
});
