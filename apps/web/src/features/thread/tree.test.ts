import type { MessageView } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { neighbourVersion, runningAnswer, threadOf } from './tree.ts';

function message(id: string, parent: string | null, role: MessageView['role'], createdAt = id): MessageView {
  return { id, parent_id: parent, role, content: id, created_at: createdAt };
}

const TREE = [
  message('s', null, 'system'),
  message('q1', 's', 'user'),
  message('a1', 'q1', 'assistant', '1'),
  message('a2', 'q1', 'assistant', '2'),
  message('q2', 'a1', 'user'),
  message('q2b', 'a1', 'user'),
];

describe('threadOf', () => {
  it('is the branch that ends in the head, without system messages', () => {
    expect(threadOf(TREE, 'q2').map((entry) => entry.message.id)).toEqual(['q1', 'a1', 'q2']);
  });

  it('knows the versions at each place, in the order in which they were made', () => {
    const thread = threadOf(TREE, 'q2b');
    expect(thread.map((entry) => entry.versions)).toEqual([['q1'], ['a1', 'a2'], ['q2', 'q2b']]);
    const last = thread.at(-1)!;
    expect([neighbourVersion(last, -1), neighbourVersion(last, 1)]).toEqual(['q2', undefined]);
  });

  it('ends where a tree is broken or turns in a circle', () => {
    expect(threadOf([message('x', 'y', 'user'), message('y', 'x', 'assistant')], 'x').map((entry) => entry.message.id)).toEqual(['y', 'x']);
    expect(threadOf(TREE, 'nowhere')).toEqual([]);
    expect(threadOf(TREE, null)).toEqual([]);
  });
});

describe('runningAnswer', () => {
  it('is that of the branch that is shown: Stop once ended the answer of another branch', () => {
    const both = TREE.map((one) => (one.role === 'assistant' ? { ...one, state: 'running' as const } : one));
    expect(['a1', 'a2', 'q2'].map((head) => runningAnswer(threadOf(both, head))?.id)).toEqual(['a1', 'a2', 'a1']);
    const other = TREE.map((one) => (one.id === 'a2' ? { ...one, state: 'running' as const } : one));
    expect(runningAnswer(threadOf(other, 'q2'))).toBe(undefined);
  });
});
