import type { AppendOutcome, LogGroup, LogPage, LogQuery } from '@pilotlight/chat';

import { createLogJournal } from './sqlite-log-journal.ts';
import type { StoredGroup, Tail } from './sqlite-log-journal.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

/**
 * The generation logs: the path that every token takes. A log is what `generation_log` has of it, up to `next_offset` of its generation, and then what the journal
 * has. What writes runs within the caller's transaction.
 */
export interface LogTable {
  /** Appends each group whose writer is the present one and whose offset is the next, all in one row of the journal; one outcome for each, in order. */
  readonly append: (groups: readonly LogGroup[]) => AppendOutcome[];
  /** Appends one group to the table itself, together with what the journal has of its log: where a log begins and where it ends. */
  readonly writeThrough: (group: LogGroup) => AppendOutcome;
  readonly read: (query: LogQuery) => LogPage | undefined;
  /** Moves what the journal has of this log into the table. */
  readonly settle: (generationId: string) => void;
  /** The same for all logs; nothing is left in the journal. Before generations are removed, since the journal names them by keys, which can be given again. */
  readonly settleAll: () => void;
  /** A transaction was undone: what is remembered of it is read again. */
  readonly forget: () => void;
}

/** The journal is emptied beyond this size, which bounds what is remembered of running logs. */
const MOST_JOURNAL_CHARACTERS = 2_000_000;
/** Groups are joined in the table up to this size: few rows, none of them large. */
const ROW_CHARACTERS = 16_384;

export function createLogTable(connection: SqliteConnection): LogTable {
  const journal = createLogJournal(connection);
  const statements = prepareStatements(connection);

  function moveRows({ key, nextOffset }: Tail, groups: readonly StoredGroup[]): void {
    for (const { firstOffset, count, parts } of joinGroups(groups, ROW_CHARACTERS)) statements.insert.run(key, firstOffset, count, parts);
    statements.advance.run(nextOffset, key);
  }
  function settle(generationId: string): void {
    const tail = journal.take(generationId);
    if (tail !== undefined && tail.groups.length > 0) moveRows(tail, tail.groups);
  }
  function settleAll(): void {
    for (const tail of journal.takeAll()) if (tail.groups.length > 0) moveRows(tail, tail.groups);
  }

  return {
    append(groups) {
      const outcomes = journal.append(groups);
      if (journal.characters() > MOST_JOURNAL_CHARACTERS) settleAll();
      return outcomes;
    },
    writeThrough(group) {
      const tail = journal.find(group.generationId);
      const outcome = journal.judge(tail, group);
      if (tail === undefined || outcome !== 'stored') return outcome;
      journal.take(group.generationId);
      const { firstOffset, count, parts } = group;
      moveRows({ ...tail, nextOffset: firstOffset + count }, [...tail.groups, { firstOffset, count, parts }]);
      return outcome;
    },
    read: (query) => read(statements, query, journal.find(query.generationId)?.groups ?? []),
    settle,
    settleAll,
    forget: journal.forget,
  };
}

type Statements = ReturnType<typeof prepareStatements>;

function prepareStatements(connection: SqliteConnection) {
  return {
    insert: connection.prepare('INSERT INTO generation_log (generation_key, first_offset, count, parts) VALUES (?, ?, ?, ?)'),
    advance: connection.prepare('UPDATE generations SET next_offset = ? WHERE key = ?'),
    find: connection.prepare(`
      SELECT g.key, g.next_offset, g.closed, c.deleted_ms FROM generations g JOIN conversations c ON c.id = g.conversation_id WHERE g.id = ?`),
    groupsFrom: connection.prepare(`
      SELECT first_offset, count, parts FROM generation_log
      WHERE generation_key = ?1
        AND first_offset >= coalesce((SELECT max(first_offset) FROM generation_log WHERE generation_key = ?1 AND first_offset <= ?2), 0)
      ORDER BY first_offset`),
  };
}

interface GenerationRow {
  readonly key: number;
  readonly next_offset: number;
  readonly closed: number;
  readonly deleted_ms: number | null;
}

interface GroupRow {
  readonly first_offset: number;
  readonly count: number;
  readonly parts: string;
}

function read(statements: Statements, { generationId, from, maxCharacters }: LogQuery, tail: readonly StoredGroup[]): LogPage | undefined {
  const generation = statements.find.get(generationId) as GenerationRow | undefined;
  if (generation === undefined) return undefined;
  const groups: StoredGroup[] = [];
  let characters = 0;
  const rows = from < generation.next_offset ? statements.groupsFrom.iterate(generation.key, from) : [];
  for (const { first_offset: firstOffset, count, parts } of rows as Iterable<GroupRow>) {
    groups.push({ firstOffset, count, parts });
    characters += parts.length;
    if (characters >= maxCharacters) break;
  }
  for (const group of tail) {
    if (characters >= maxCharacters) break;
    if (group.firstOffset + group.count <= from) continue;
    groups.push(group);
    characters += group.parts.length;
  }
  const last = tail.at(-1);
  return {
    groups,
    nextOffset: last === undefined ? generation.next_offset : last.firstOffset + last.count,
    closed: generation.closed === 1,
    hidden: generation.deleted_ms !== null,
  };
}

/** The same parts in fewer groups: packed parts are JSON arrays, so that several are joined as text. */
function joinGroups(groups: readonly StoredGroup[], mostCharacters: number): StoredGroup[] {
  const runs: StoredGroup[][] = [];
  let characters = Infinity;
  for (const group of groups) {
    characters += group.parts.length;
    if (characters > mostCharacters) {
      runs.push([]);
      characters = group.parts.length;
    }
    runs.at(-1)?.push(group);
  }
  return runs.map((run) => ({
    firstOffset: run[0]?.firstOffset ?? 0,
    count: run.reduce((sum, { count }) => sum + count, 0),
    parts: `[${run.map(({ parts }) => parts.slice(1, -1)).join(',')}]`,
  }));
}
