import type { ConversationDetailsRecord, ConversationRecord, FolderRecord, HiddenConversation, RecordChange } from '@pilotlight/chat';

import { changeSettings, toSettingsJson } from './settings-json.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import type { ConversationTables } from './sqlite-conversations.ts';

/** What conversations are beside their messages, and their deletions. What writes runs within the caller's transaction. */
export interface MetadataTables {
  readonly change: (id: string, change: RecordChange) => ConversationDetailsRecord | undefined;
  readonly folders: () => FolderRecord[];
  readonly hide: (id: string, atMs: number) => number | undefined;
  readonly unhide: (id: string, sinceMs: number) => ConversationRecord | undefined;
  readonly hidden: () => HiddenConversation[];
  readonly purge: (untilMs: number) => string[];
}

export function createMetadataTables(connection: SqliteConnection, conversations: ConversationTables): MetadataTables {
  const updateTitle = connection.prepare('UPDATE conversations SET title = ? WHERE id = ?');
  const updatePlace = connection.prepare('UPDATE conversations SET pinned = ?, archived = ?, folder = ?, settings = ? WHERE id = ?');
  const selectFolders = connection.prepare(`
    SELECT folder AS name, count(*) AS conversations FROM conversations WHERE deleted_ms IS NULL AND folder IS NOT NULL GROUP BY folder ORDER BY folder`);
  const hide = connection.prepare('UPDATE conversations SET deleted_ms = coalesce(deleted_ms, ?) WHERE id = ? RETURNING deleted_ms');
  const unhide = connection.prepare('UPDATE conversations SET deleted_ms = NULL WHERE id = ? AND (deleted_ms IS NULL OR deleted_ms >= ?)');
  const selectHidden = connection.prepare(
    'SELECT id, deleted_ms FROM conversations WHERE deleted_ms IS NOT NULL AND deleted_ms <= ? ORDER BY deleted_ms, id',
  );

  function hiddenUntil(untilMs: number): HiddenConversation[] {
    const rows = selectHidden.all(untilMs) as { id: string; deleted_ms: number }[];
    return rows.map((row) => ({ id: row.id, deletedMs: row.deleted_ms }));
  }

  return {
    change(id, change) {
      const former = conversations.details(id);
      if (former === undefined) return undefined;
      if (change.title !== undefined) updateTitle.run(change.title, id);
      const { pinned = former.conversation.pinned, archived = former.conversation.archived, folder = former.conversation.folder } = change;
      const settings = changeSettings(former.settings, change.settings);
      updatePlace.run(Number(pinned), Number(archived), folder ?? null, toSettingsJson(settings), id);
      return conversations.details(id);
    },
    folders: () => (selectFolders.all() as FolderRecord[]).map(({ name, conversations: count }) => ({ name, conversations: count })),
    hide: (id, atMs) => (hide.get(atMs, id) as { readonly deleted_ms: number } | undefined)?.deleted_ms,
    unhide(id, sinceMs) {
      unhide.run(id, sinceMs);
      return conversations.find(id);
    },
    hidden: () => hiddenUntil(Number.MAX_SAFE_INTEGER),
    purge(untilMs) {
      const ids = hiddenUntil(untilMs).map(({ id }) => id);
      for (const id of ids) conversations.remove(id);
      return ids;
    },
  };
}
