import type { AppendOutcome, LogGroup, LogPage, LogQuery } from '@pilotlight/chat';

import type { SqliteConnection } from './sqlite-connection.ts';

/** The generation logs: the path that every token takes. `append` runs within the caller's transaction. */
export interface LogTable {
  /** Appends one group if its writer is the present one and its offset the next. */
  readonly append: (group: LogGroup) => AppendOutcome;
  readonly read: (query: LogQuery) => LogPage | undefined;
}

interface GroupRow {
  readonly first_offset: number;
  readonly count: number;
  readonly parts: string;
}

export function createLogTable(connection: SqliteConnection): LogTable {
  const advance = connection.prepare(
    'UPDATE generations SET next_offset = next_offset + ? WHERE id = ? AND epoch = ? AND next_offset = ? AND closed = 0 RETURNING key',
  );
  const insert = connection.prepare('INSERT INTO generation_log (generation_key, first_offset, count, parts) VALUES (?, ?, ?, ?)');
  const find = connection.prepare(`
    SELECT g.key, g.next_offset, g.closed, c.deleted_ms FROM generations g JOIN conversations c ON c.id = g.conversation_id WHERE g.id = ?`);
  const groupsFrom = connection.prepare(`
    SELECT first_offset, count, parts FROM generation_log
    WHERE generation_key = ?1
      AND first_offset >= coalesce((SELECT max(first_offset) FROM generation_log WHERE generation_key = ?1 AND first_offset <= ?2), 0)
    ORDER BY first_offset`);

  return {
    append({ generationId, epoch, firstOffset, count, parts }) {
      const row = advance.get(count, generationId, epoch, firstOffset) as { readonly key: number } | undefined;
      if (row === undefined) return find.get(generationId) === undefined ? 'missing' : 'stale';
      insert.run(row.key, firstOffset, count, parts);
      return 'stored';
    },
    read({ generationId, from, maxCharacters }) {
      const generation = find.get(generationId) as
        | { readonly key: number; readonly next_offset: number; readonly closed: number; readonly deleted_ms: number | null }
        | undefined;
      if (generation === undefined) return undefined;
      const groups: { firstOffset: number; count: number; parts: string }[] = [];
      let characters = 0;
      const rows = from < generation.next_offset ? groupsFrom.iterate(generation.key, from) : [];
      for (const { first_offset: firstOffset, count, parts } of rows as Iterable<GroupRow>) {
        groups.push({ firstOffset, count, parts });
        characters += parts.length;
        if (characters >= maxCharacters) break;
      }
      return { groups, nextOffset: generation.next_offset, closed: generation.closed === 1, hidden: generation.deleted_ms !== null };
    },
  };
}
