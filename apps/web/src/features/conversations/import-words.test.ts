import type { ImportResult } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { importedHeading, importedWords, refusedWords } from './import-words.ts';

const at = '2026-11-24T09:00:00Z';
const CHAT = { conversation: { id: 'c', title: 'T', created_at: at, updated_at: at }, messages: 2 };

describe('the words about an import', () => {
  it('count chats and messages, and name the source', () => {
    const result: ImportResult = { source: 'open-webui', imported: [CHAT, CHAT], refused: [] };
    expect(importedHeading(result)).toBe('Imported 2 chats');
    expect(importedWords(result)).toBe(
      '4 messages, from an export of Open WebUI. They stand in the list under the days of their last change.',
    );
  });

  it('say one as one', () => {
    const result: ImportResult = { source: 'pilotlight', imported: [{ ...CHAT, messages: 1 }], refused: [{ title: 'X', reason: 'y' }] };
    expect(importedHeading(result)).toBe('Imported 1 chat');
    expect(importedWords(result)).toBe('1 message, from an export of Pilotlight. It stands in the list under the day of its last change.');
    expect(refusedWords(result)).toBe('1 chat was left out:');
  });
});
