export type PostgresValue = string | number | null | Uint8Array | readonly string[] | readonly number[];

/**
 * One connection to a Postgres database. Values are given by place, `$1` first; texts may hold any character. Every method can reject with what the driver
 * reports.
 */
export interface PostgresSession {
  all(sql: string, ...values: readonly PostgresValue[]): Promise<unknown[]>;
  /** The first row. */
  get(sql: string, ...values: readonly PostgresValue[]): Promise<unknown>;
  /** How many rows it changed. */
  run(sql: string, ...values: readonly PostgresValue[]): Promise<number>;
  /** As `all`, planned anew for these very values. */
  planned(sql: string, ...values: readonly PostgresValue[]): Promise<unknown[]>;
  /** One or several statements without values. */
  exec(sql: string): Promise<void>;
}
