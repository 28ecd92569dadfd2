import type { AppendOutcome, LogGroup, LogPage, LogQuery } from '@pilotlight/chat';

import type { PostgresSession } from './postgres-session.ts';

/** The path that every token takes. One statement appends one group, if its writer is the present one and its offset the next. */
const APPEND = `
  WITH advanced AS (
    UPDATE generations SET next_offset = next_offset + $1 WHERE id = $2 AND epoch = $3 AND next_offset = $4 AND closed = 0 RETURNING key
  )
  INSERT INTO generation_log (generation_key, first_offset, count, parts) SELECT key, $4, $1, $5 FROM advanced`;
const FIND = `
  SELECT g.key, g.next_offset, g.closed, c.deleted_ms FROM generations g JOIN conversations c ON c.id = g.conversation_id WHERE g.id = $1`;
/** Up to the group with which a page is full. */
const GROUPS = `
  SELECT first_offset, count, parts FROM (
    SELECT first_offset, count, parts, sum(char_length(parts)) OVER (ORDER BY first_offset) - char_length(parts) AS before FROM (
      SELECT first_offset, count, parts FROM generation_log
      WHERE generation_key = $1
        AND first_offset >= coalesce((SELECT max(first_offset) FROM generation_log WHERE generation_key = $1 AND first_offset <= $2), 0)
      ORDER BY first_offset LIMIT 1000
    ) following
  ) page WHERE before < $3 ORDER BY first_offset`;

/** Appends groups in their order. Runs within the caller's transaction. */
export async function appendAll(session: PostgresSession, groups: readonly LogGroup[]): Promise<readonly AppendOutcome[]> {
  const outcomes: AppendOutcome[] = [];
  for (const group of groups) outcomes.push(await append(session, group));
  return outcomes;
}

export async function append(session: PostgresSession, group: LogGroup): Promise<AppendOutcome> {
  const { generationId, epoch, firstOffset, count, parts } = group;
  if ((await session.run(APPEND, count, generationId, epoch, firstOffset, parts)) === 1) return 'stored';
  return (await session.get(FIND, generationId)) === undefined ? 'missing' : 'stale';
}

export async function readLog(session: PostgresSession, query: LogQuery): Promise<LogPage | undefined> {
  const generation = (await session.get(FIND, query.generationId)) as
    | { readonly key: number; readonly next_offset: number; readonly closed: number; readonly deleted_ms: number | null }
    | undefined;
  if (generation === undefined) return undefined;
  const rows = query.from < generation.next_offset ? await session.all(GROUPS, generation.key, query.from, query.maxCharacters) : [];
  const groups = (rows as { first_offset: number; count: number; parts: string }[]).map(({ first_offset: firstOffset, count, parts }) => ({
    firstOffset,
    count,
    parts,
  }));
  return { groups, nextOffset: generation.next_offset, closed: generation.closed === 1, hidden: generation.deleted_ms !== null };
}
