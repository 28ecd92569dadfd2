import { beforeEach, describe, expect, it } from 'vitest';

import { openDatabase } from './adapters/open-database.ts';
import { migrate } from './migrations/migrate.ts';
import { createSqliteChatStore } from './sqlite-chat-store.ts';
import type { Operations } from './sqlite-chat-store.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { createLogTable } from './sqlite-log.ts';
import type { LogTable } from './sqlite-log.ts';
import { COMPLETE, group, question, START } from './testing/chat-values.ts';
import { createTransact } from './transaction.ts';
import type { Transact } from './transaction.ts';

let connection: SqliteConnection;
let log: LogTable;
let store: Operations;
let transact: Transact;

/** As a process does that finds the database as it is now. */
function open(): void {
  log = createLogTable(connection);
  store = createSqliteChatStore(connection, log);
  transact = createTransact(connection, log.forget);
}

function textOf(name: string, from = 0): string {
  const groups = store.read.run({ generationId: `g-${name}`, from, maxCharacters: 1_000_000 })?.groups ?? [];
  return groups.map(({ firstOffset, count, parts }) => `${firstOffset}+${count} ${parts}`).join('; ');
}

function rowsOf(table: string): number {
  return (connection.prepare(`SELECT count(*) AS rows FROM ${table}`).get() as { readonly rows: number }).rows;
}

const append = (...groups: readonly ReturnType<typeof group>[]): readonly string[] =>
  transact('normal', () => [...store.append.run(groups)]);

describe('logs in the journal', () => {
  beforeEach(() => {
    connection = openDatabase({ memory: true });
    migrate(connection, 1);
    open();
    for (const name of ['1', '2']) transact('normal', () => store.begin.run(question(name, { conversationId: `c-${name}` })));
  });

  it('take one row for all that is committed together, and are joined at their places when they end', () => {
    append(group('1', 1), group('2', 1));
    append(group('1', 3), group('2', 3));
    expect([rowsOf('log_journal'), rowsOf('generation_log')]).toEqual([2, 2]);
    transact('full', () => store.end.run({ group: group('1', 5), answer: COMPLETE, atMs: 2 }));
    expect(textOf('1')).toBe(`0+1 ${START}; 1+6 ["one ","two ","one ","two ","one ","two "]`);
    expect(textOf('2', 3)).toBe('3+2 ["one ","two "]');
    transact('full', () => store.end.run({ group: group('2', 5), answer: COMPLETE, atMs: 2 }));
    expect([rowsOf('log_journal'), rowsOf('generation_log')]).toEqual([0, 4]);
  });

  it('are there for the next process, which goes on where they ended', () => {
    append(group('1', 1), group('2', 1));
    open();
    expect(append(group('1', 1), group('2', 3))).toEqual(['stale', 'stored']);
    expect(textOf('1')).toBe(`0+1 ${START}; 1+2 ["one ","two "]`);
    open();
    expect(transact('full', () => store.claim.run('g-2'))).toMatchObject({ epoch: 2, nextOffset: 5 });
    expect(append(group('2', 5), group('2', 5, { epoch: 2 }))).toEqual(['stale', 'stored']);
    open();
    expect(textOf('2')).toBe(`0+1 ${START}; 1+4 ["one ","two ","one ","two "]; 5+2 ["one ","two "]`);
  });

  it('hold nothing of a transaction that was undone', () => {
    append(group('1', 1));
    const failing = (): void =>
      transact('full', () => {
        store.append.run([group('1', 3), group('2', 1)]);
        store.end.run({ group: group('1', 5), answer: COMPLETE, atMs: 2 });
        throw new Error('the disk is full');
      });
    expect(failing).toThrow('the disk is full');
    expect(textOf('1')).toBe(`0+1 ${START}; 1+2 ["one ","two "]`);
    expect(append(group('1', 3), group('2', 1))).toEqual(['stored', 'stored']);
  });

  it('leave nothing to a log that is given the number of one that was removed', () => {
    append(group('1', 1), group('2', 1));
    transact('full', () => store.remove.run('c-2'));
    expect(append(group('2', 3))).toEqual(['missing']);
    transact('normal', () => store.begin.run(question('3', { conversationId: 'c-3' })));
    open();
    expect(textOf('3')).toBe(`0+1 ${START}`);
    expect(textOf('1')).toBe(`0+1 ${START}; 1+2 ["one ","two "]`);
  });

  it('are moved to their places when the journal is large, in rows that are not', () => {
    const long = Array.from({ length: 10 }, () => 'x'.repeat(1000));
    for (let index = 0; index < 250; index += 1) append(group('1', 1 + index * 10, { parts: JSON.stringify(long) }));
    const journal = connection.prepare('SELECT coalesce(sum(length(entries)), 0) AS size FROM log_journal').get() as { size: number };
    expect(journal.size).toBeLessThan(1_000_000);
    const rows = connection.prepare('SELECT max(length(parts)) AS longest, sum(count) AS parts FROM generation_log').get();
    expect(rows).toMatchObject({ longest: expect.toSatisfy((length: number) => length < 20_000) });
    const page = store.read.run({ generationId: 'g-1', from: 0, maxCharacters: 10_000_000 });
    expect(page?.nextOffset).toBe(2501);
    expect(page?.groups.reduce((sum, { count }) => sum + count, 0)).toBe(2501);
    expect(page?.groups.flatMap(({ parts }) => JSON.parse(parts) as unknown[])).toHaveLength(2501);
  });
});
