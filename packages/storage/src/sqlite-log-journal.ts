import type { AppendOutcome, LogGroup } from '@pilotlight/chat';

import type { SqliteConnection } from './sqlite-connection.ts';

// Every commit of the log would touch a page of each running log, thousands of them at a thousand streams, each written as a whole. So what is committed together
// goes into one row at the end of one table, and is remembered here until its log ends or the journal is full; then it is moved to its place.

export interface StoredGroup {
  readonly firstOffset: number;
  readonly count: number;
  readonly parts: string;
}

/** A running log behind what the table has of it. */
export interface Tail {
  readonly key: number;
  readonly epoch: number;
  nextOffset: number;
  readonly groups: StoredGroup[];
}

/** One group in a row of the journal: key of the generation, first offset, count, packed parts. */
type Entry = readonly [number, number, number, string];

export interface LogJournal {
  readonly append: (groups: readonly LogGroup[]) => AppendOutcome[];
  /** Undefined: no such generation, or its log is closed. */
  readonly find: (generationId: string) => Tail | undefined;
  /** What appending this would come to; `tail` is that of its generation. */
  readonly judge: (tail: Tail | undefined, group: LogGroup) => AppendOutcome;
  /** Forgets one log, which the caller moves to its place; the journal is emptied when nothing in it counts any more. */
  readonly take: (generationId: string) => Tail | undefined;
  /** Forgets all logs, which the caller moves to their places, and empties the journal. */
  readonly takeAll: () => readonly Tail[];
  /** How much stands in the journal. */
  readonly characters: () => number;
  /** What is remembered is read again before it is used. */
  readonly forget: () => void;
}

/** What the journal holds, as it is remembered: read from it at first, and again after `forget`. */
interface Memory {
  isKnown: boolean;
  tails: Map<string, Tail>;
  characters: number;
  /** Groups that stand in the journal alone. */
  waiting: number;
}

export function createLogJournal(connection: SqliteConnection): LogJournal {
  const insert = connection.prepare('INSERT INTO log_journal (entries) VALUES (?)');
  const empty = connection.prepare('DELETE FROM log_journal');
  const memory: Memory = { isKnown: false, tails: new Map(), characters: 0, waiting: 0 };
  const { learn, find, isThere } = createFinding(connection, memory);

  function judge(tail: Tail | undefined, { generationId, epoch, firstOffset, count }: LogGroup): AppendOutcome {
    if (count < 1) throw new RangeError('a group of a log without parts');
    if (tail === undefined) return isThere(generationId) ? 'stale' : 'missing';
    return tail.epoch === epoch && tail.nextOffset === firstOffset ? 'stored' : 'stale';
  }

  function clear(): void {
    if (memory.characters > 0) empty.run();
    memory.characters = 0;
  }

  return {
    find,
    judge,
    append(groups) {
      const entries: Entry[] = [];
      const outcomes = groups.map((group) => {
        const tail = find(group.generationId);
        const outcome = judge(tail, group);
        if (tail === undefined || outcome !== 'stored') return outcome;
        const { firstOffset, count, parts } = group;
        push(memory, tail, { firstOffset, count, parts });
        entries.push([tail.key, firstOffset, count, parts]);
        return outcome;
      });
      if (entries.length === 0) return outcomes;
      const text = JSON.stringify(entries);
      insert.run(text);
      memory.characters += text.length;
      return outcomes;
    },
    take(generationId) {
      learn();
      const tail = memory.tails.get(generationId);
      if (tail === undefined) return undefined;
      memory.tails.delete(generationId);
      memory.waiting -= tail.groups.length;
      if (memory.waiting === 0) clear();
      return tail;
    },
    takeAll() {
      learn();
      const taken = [...memory.tails.values()];
      memory.tails = new Map();
      memory.waiting = 0;
      clear();
      return taken;
    },
    characters: () => memory.characters,
    forget() {
      memory.isKnown = false;
    },
  };
}

function push(memory: Memory, tail: Tail, group: StoredGroup): void {
  tail.groups.push(group);
  tail.nextOffset += group.count;
  memory.waiting += 1;
}

interface OpenRow {
  readonly id: string;
  readonly key: number;
  readonly epoch: number;
  readonly next_offset: number;
}

interface Finding {
  /** Reads the journal unless that was done. */
  readonly learn: () => void;
  readonly find: (generationId: string) => Tail | undefined;
  readonly isThere: (generationId: string) => boolean;
}

function createFinding(connection: SqliteConnection, memory: Memory): Finding {
  const all = connection.prepare('SELECT entries FROM log_journal ORDER BY seq');
  const isThere = connection.prepare('SELECT 1 FROM generations WHERE id = ?');
  const openById = connection.prepare('SELECT id, key, epoch, next_offset FROM generations WHERE id = ? AND closed = 0');
  const openByKey = connection.prepare('SELECT id, key, epoch, next_offset FROM generations WHERE key = ? AND closed = 0');

  function remember(row: unknown): Tail | undefined {
    if (row === undefined) return undefined;
    const { id, key, epoch, next_offset: nextOffset } = row as OpenRow;
    const tail: Tail = { key, epoch, nextOffset, groups: [] };
    memory.tails.set(id, tail);
    return tail;
  }

  /** Entries before the `next_offset` of their generation have been moved, and those of a closed log as well. */
  function learn(): void {
    if (memory.isKnown) return;
    Object.assign(memory, { tails: new Map(), characters: 0, waiting: 0 });
    const byKey = new Map<number, Tail | undefined>();
    for (const { entries } of all.iterate() as Iterable<{ readonly entries: string }>) {
      memory.characters += entries.length;
      for (const [key, firstOffset, count, parts] of JSON.parse(entries) as Entry[]) {
        if (!byKey.has(key)) byKey.set(key, remember(openByKey.get(key)));
        const tail = byKey.get(key);
        if (tail?.nextOffset === firstOffset) push(memory, tail, { firstOffset, count, parts });
      }
    }
    memory.isKnown = true;
  }

  return {
    learn,
    find(generationId) {
      learn();
      return memory.tails.get(generationId) ?? remember(openById.get(generationId));
    },
    isThere: (generationId) => isThere.get(generationId) !== undefined,
  };
}
