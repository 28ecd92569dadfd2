import type { SqliteConnection, SqliteStatement } from '@pilotlight/storage/testing';

/** What a database does that fails. */
export interface Faults {
  /** How many operations there were. */
  count: number;
  /** Which of them fail; none by default. */
  isFaulty: (operation: number) => boolean;
}

/** A connection whose every operation is counted, and fails, before it did anything, where the faults say so: as SQLite does when the disk does. */
export function toFailing(connection: SqliteConnection, faults: Faults): SqliteConnection {
  function step<T>(run: () => T): T {
    faults.count += 1;
    if (faults.isFaulty(faults.count)) throw Object.assign(new Error('disk I/O error'), { code: 'ERR_SQLITE_ERROR', errcode: 10 });
    return run();
  }
  return {
    get isTransaction() {
      return connection.isTransaction;
    },
    exec: (sql) => step(() => connection.exec(sql)),
    prepare(sql): SqliteStatement {
      const statement = connection.prepare(sql);
      return {
        all: (...values) => step(() => statement.all(...values)),
        get: (...values) => step(() => statement.get(...values)),
        run: (...values) => step(() => statement.run(...values)),
        iterate: (...values) => step(() => statement.iterate(...values)),
      };
    },
    close: () => connection.close(),
  };
}
