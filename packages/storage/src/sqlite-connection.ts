export type SqliteValue = string | number | null | Uint8Array;

/** A prepared statement. Values are given by place. Every method can throw what SQLite reports. */
export interface SqliteStatement {
  all(...values: SqliteValue[]): unknown[];
  get(...values: SqliteValue[]): unknown;
  run(...values: SqliteValue[]): { readonly changes: number | bigint };
  iterate(...values: SqliteValue[]): IterableIterator<unknown>;
}

/** One connection to a database: all that reaches the disk goes through it. `DatabaseSync` of node:sqlite is one. */
export interface SqliteConnection {
  /** Whether a transaction is open. */
  readonly isTransaction: boolean;
  exec(sql: string): void;
  prepare(sql: string): SqliteStatement;
  close(): void;
}
