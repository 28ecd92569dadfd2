import type { SearchHitRecord } from '@pilotlight/chat';

import { INDEXED_CHARACTERS, MAX_FILES, STEP_FILES, toFileSnippet, toStep } from './search-places.ts';
import type { OlderFile } from './search-places.ts';
import type { SearchWords } from './search-words.ts';
import type { Operation } from './sqlite-chat-store.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import type { ConversationTables } from './sqlite-conversations.ts';

export interface IndexOperation {
  /** Indexes some of what was attached before there was an index; gives whether there is more of it. */
  readonly indexOlder: Operation<[], boolean>;
}

/** The newest first: what is looked for is rather young. */
export function createOlderIndex(connection: SqliteConnection): IndexOperation {
  const next = connection.prepare(`
    SELECT n.key, min(coalesce(json_extract(a.facts, '$.characters'), 0), ${INDEXED_CHARACTERS}) AS characters
    FROM attachments_to_index n JOIN attachments a ON a.key = n.key ORDER BY n.key DESC LIMIT ${STEP_FILES}`);
  const write = connection.prepare(`
    INSERT INTO attachment_index (rowid, name, text)
    SELECT key, name, substr(coalesce(text, ''), 1, ${INDEXED_CHARACTERS}) FROM attachments WHERE key = ?`);
  const done = connection.prepare('DELETE FROM attachments_to_index WHERE key = ?');
  const more = connection.prepare('SELECT 1 FROM attachments_to_index LIMIT 1');
  return {
    indexOlder: {
      durability: 'normal',
      run() {
        for (const key of toStep(next.all() as OlderFile[])) {
          write.run(key);
          done.run(key);
        }
        return more.get() !== undefined;
      },
    },
  };
}

/** An attached file at the newest message of a conversation that has it. */
export interface FilePlace {
  readonly kind: 'file';
  readonly key: number;
  readonly seq: number;
}

export interface FileSearch {
  /** The newest first; each file once for each conversation. */
  readonly find: (words: SearchWords) => readonly FilePlace[];
  readonly toHit: (place: FilePlace, words: SearchWords) => SearchHitRecord | undefined;
}

interface FileRow {
  readonly attachment_id: string;
  readonly name: string;
  readonly text: string | null;
  readonly id: string;
  readonly conversation_id: string;
  readonly role: 'user' | 'assistant';
  readonly created_ms: number;
}

/** The search in attached files. A file that no message refers to is not found. */
export function createFileSearch(connection: SqliteConnection, conversations: Pick<ConversationTables, 'find'>): FileSearch {
  const places = connection.prepare(`
    SELECT f.key, max(m.seq) AS seq FROM (
      SELECT rowid AS key FROM attachment_index WHERE attachment_index MATCH ? ORDER BY rowid DESC LIMIT ${MAX_FILES}
    ) f CROSS JOIN attachments a ON a.key = f.key CROSS JOIN message_attachments r ON r.attachment_id = a.id
    CROSS JOIN messages m ON m.id = r.message_id CROSS JOIN conversations c ON c.id = m.conversation_id
    WHERE c.deleted_ms IS NULL GROUP BY f.key, m.conversation_id ORDER BY seq DESC LIMIT ${MAX_FILES}`);
  const file = connection.prepare(`
    SELECT a.id AS attachment_id, a.name, substr(a.text, 1, ${INDEXED_CHARACTERS}) AS text, m.id, m.conversation_id, m.role, m.created_ms
    FROM attachments a JOIN messages m ON m.seq = ? WHERE a.key = ?`);
  return {
    find: ({ match }) =>
      (places.all(match) as { readonly key: number; readonly seq: number }[]).map(({ key, seq }) => ({ kind: 'file', key, seq })),
    toHit({ key, seq }, words) {
      const row = file.get(seq, key) as FileRow | undefined;
      const conversation = row && conversations.find(row.conversation_id);
      if (row === undefined || conversation === undefined) return undefined;
      const { attachment_id: id, name, text, role, created_ms: createdMs } = row;
      return {
        conversation,
        messageId: row.id,
        role,
        attachment: { id, name },
        createdMs,
        ...toFileSnippet({ name, text: text ?? '' }, words),
      };
    },
  };
}
