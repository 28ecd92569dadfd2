import { existsSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

// Part of the checker: it knows the file and nothing of the program that wrote it. No import from the product, on purpose.

export interface StoredMessage {
  readonly id: string;
  readonly conversation: string;
  readonly parent: string | null;
  readonly role: string;
  readonly content: string;
  readonly reasoning: string;
  readonly state: string | null;
  readonly generation: string | null;
}

export interface StoredGeneration {
  readonly id: string;
  readonly conversation: string;
  readonly question: string;
  readonly answer: string;
  readonly isClosed: boolean;
  /** The parts of the log, by their place. */
  readonly parts: readonly unknown[];
  readonly nextOffset: number;
  readonly answerState: string | null;
  /** How many of them a client was shown; filled in by the judge. */
  shownParts: number;
}

export interface StoredDatabase {
  readonly messages: ReadonlyMap<string, StoredMessage>;
  readonly generations: ReadonlyMap<string, StoredGeneration>;
  /** The head of each conversation. */
  readonly heads: ReadonlyMap<string, string | null>;
  /** What is wrong with the file itself. */
  readonly damage: readonly string[];
}

type Row = Record<string, string | number | null>;

/** Everything in a database file. Undefined: there is nothing in it yet. */
export function readDatabase(file: string): StoredDatabase | undefined {
  if (!existsSync(file) || (statSync(file).size === 0 && !existsSync(`${file}-wal`))) return undefined;
  const database = new DatabaseSync(file);
  try {
    const rows = (sql: string): Row[] => database.prepare(sql).all() as Row[];
    const tables = new Set(rows("SELECT name FROM sqlite_master WHERE type = 'table'").map(({ name }) => name));
    if (!tables.has('generation_log')) return undefined;
    const damage: string[] = [];
    for (const row of rows('PRAGMA integrity_check(5)')) if (row['integrity_check'] !== 'ok') damage.push(String(row['integrity_check']));
    for (const row of rows('PRAGMA foreign_key_check')) damage.push(`a row of ${row['table']} refers to nothing in ${row['parent']}`);
    return {
      messages: readMessages(rows),
      generations: readGenerations(rows, damage),
      heads: new Map(rows('SELECT id, head_id FROM conversations').map((row) => [String(row['id']), toText(row['head_id'])])),
      damage,
    };
  } finally {
    database.close();
  }
}

function toText(value: string | number | null | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

function readMessages(rows: (sql: string) => Row[]): Map<string, StoredMessage> {
  const found = rows('SELECT id, conversation_id, parent_id, role, content, reasoning, state, generation_id FROM messages');
  return new Map(
    found.map((row) => [
      String(row['id']),
      {
        id: String(row['id']),
        conversation: String(row['conversation_id']),
        parent: toText(row['parent_id']),
        role: String(row['role']),
        content: String(row['content']),
        reasoning: toText(row['reasoning']) ?? '',
        state: toText(row['state']),
        generation: toText(row['generation_id']),
      },
    ]),
  );
}

function readGenerations(rows: (sql: string) => Row[], damage: string[]): Map<string, StoredGeneration> {
  const logs = Map.groupBy(
    rows('SELECT generation_key, first_offset, count, parts FROM generation_log ORDER BY generation_key, first_offset'),
    (row) => Number(row['generation_key']),
  );
  const journal = Map.groupBy(readJournal(rows), ([key]) => key);
  const found = rows(`
    SELECT g.key, g.id, g.conversation_id, g.question_id, g.answer_id, g.closed, g.next_offset, m.state
    FROM generations g LEFT JOIN messages m ON m.id = g.answer_id`);
  const keys = new Set(found.map((row) => Number(row['key'])));
  for (const key of journal.keys()) if (!keys.has(key)) damage.push(`the journal has parts of the log ${key}, which is not there`);
  return new Map(
    found.map((row) => {
      const id = String(row['id']);
      const parts: unknown[] = [];
      for (const group of logs.get(Number(row['key'])) ?? []) {
        const unpacked = (JSON.parse(String(group['parts'])) as unknown[]).map(toPart);
        if (Number(group['first_offset']) !== parts.length)
          damage.push(`the log of ${id} has a gap or an overlap at ${group['first_offset']}`);
        if (Number(group['count']) !== unpacked.length) damage.push(`the log of ${id} counts its parts wrong at ${group['first_offset']}`);
        parts.push(...unpacked);
      }
      const settled = Number(row['next_offset']);
      let nextOffset = settled;
      // What was moved to the log since it was written counts no more.
      for (const [, firstOffset, count, packed] of journal.get(Number(row['key'])) ?? []) {
        if (firstOffset < settled) continue;
        const unpacked = (JSON.parse(packed) as unknown[]).map(toPart);
        if (row['closed'] === 1) damage.push(`the journal has parts of ${id} from ${firstOffset} on, behind its end`);
        if (firstOffset !== nextOffset) damage.push(`the journal of ${id} has a gap or an overlap at ${firstOffset}`);
        if (count !== unpacked.length) damage.push(`the journal of ${id} counts its parts wrong at ${firstOffset}`);
        parts.push(...unpacked);
        nextOffset += count;
      }
      const generation: StoredGeneration = {
        id,
        conversation: String(row['conversation_id']),
        question: String(row['question_id']),
        answer: String(row['answer_id']),
        isClosed: row['closed'] === 1,
        parts,
        nextOffset,
        answerState: toText(row['state']),
        shownParts: 0,
      };
      return [id, generation];
    }),
  );
}

/** Groups that were committed and stand nowhere else yet, in the order of their commits: key of the generation, first offset, count, parts. */
function readJournal(rows: (sql: string) => Row[]): (readonly [number, number, number, string])[] {
  return rows('SELECT entries FROM log_journal ORDER BY seq').flatMap(
    (row) => JSON.parse(String(row['entries'])) as (readonly [number, number, number, string])[],
  );
}

/** Text is stored as itself and reasoning in a list of one; everything else as it was sent. */
function toPart(stored: unknown): unknown {
  if (typeof stored === 'string') return { type: 'text', text: stored };
  if (Array.isArray(stored)) return { type: 'reasoning', text: stored[0] };
  return stored;
}
