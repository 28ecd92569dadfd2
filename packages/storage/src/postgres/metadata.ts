import type { ConversationDetailsRecord, ConversationRecord, FolderRecord, HiddenConversation, RecordChange } from '@pilotlight/chat';

import { changeSettings, toSettingsJson } from '../settings-json.ts';
import { findConversation, readDetails, removeConversation, writeTitle } from './conversations.ts';
import type { PostgresSession } from './postgres-session.ts';

// What conversations are beside their messages, and their deletions. What writes runs within the caller's transaction.

const FOLDERS = `
  SELECT folder AS name, count(*) AS conversations FROM conversations WHERE deleted_ms IS NULL AND folder IS NOT NULL GROUP BY folder ORDER BY folder`;
const PLACE = 'UPDATE conversations SET pinned = $1, archived = $2, folder = $3, settings = $4 WHERE id = $5';
const HIDE = 'UPDATE conversations SET deleted_ms = coalesce(deleted_ms, $1) WHERE id = $2 RETURNING deleted_ms';
const UNHIDE = 'UPDATE conversations SET deleted_ms = NULL WHERE id = $1 AND (deleted_ms IS NULL OR deleted_ms >= $2)';
const HIDDEN = 'SELECT id, deleted_ms FROM conversations WHERE deleted_ms IS NOT NULL AND deleted_ms <= $1 ORDER BY deleted_ms, id';

export async function changeConversation(
  session: PostgresSession,
  id: string,
  change: RecordChange,
): Promise<ConversationDetailsRecord | undefined> {
  const former = await readDetails(session, id);
  if (former === undefined) return undefined;
  if (change.title !== undefined) await writeTitle(session, id, change.title);
  const { pinned = former.conversation.pinned, archived = former.conversation.archived, folder = former.conversation.folder } = change;
  const settings = changeSettings(former.settings, change.settings);
  await session.run(PLACE, Number(pinned), Number(archived), folder ?? null, toSettingsJson(settings), id);
  return readDetails(session, id);
}

export async function listFolders(session: PostgresSession): Promise<FolderRecord[]> {
  return (await session.all(FOLDERS)) as FolderRecord[];
}

export async function hide(session: PostgresSession, id: string, atMs: number): Promise<number | undefined> {
  return ((await session.get(HIDE, atMs, id)) as { readonly deleted_ms: number } | undefined)?.deleted_ms;
}

export async function unhide(session: PostgresSession, id: string, sinceMs: number): Promise<ConversationRecord | undefined> {
  await session.run(UNHIDE, id, sinceMs);
  return findConversation(session, id);
}

export async function listHidden(session: PostgresSession, untilMs = Number.MAX_SAFE_INTEGER): Promise<HiddenConversation[]> {
  const rows = (await session.all(HIDDEN, untilMs)) as { readonly id: string; readonly deleted_ms: number }[];
  return rows.map((row) => ({ id: row.id, deletedMs: row.deleted_ms }));
}

export async function purge(session: PostgresSession, untilMs: number): Promise<string[]> {
  const ids = (await listHidden(session, untilMs)).map(({ id }) => id);
  for (const id of ids) await removeConversation(session, id);
  return ids;
}
