import { describe, expect, it } from 'vitest';

import { storageWords } from './storage-words.ts';

const FULL = {
  state: 'read_only',
  since: '2026-11-24T09:00:00Z',
  code: 'storage_full',
  reason: 'the disk of the data folder is full',
  remedy: 'Free space on it.',
  path: '/var/lib/pilotlight',
} as const;

describe('the words of a server that stores nothing', () => {
  it('have the figures where there are some, what still works and what helps', () => {
    expect(storageWords({ ...FULL, free_bytes: 12e6, needed_bytes: 67e6 })).toBe(
      'The disk of the data folder is full. /var/lib/pilotlight has 12 MB free, 67 MB needed. Chats can be read, searched and exported; what you write is kept in this browser. Free space on it.',
    );
    expect(storageWords(FULL)).not.toContain('has');
  });
});
