import type { SqliteConnection } from './sqlite-connection.ts';

/** `full`: synced to the disk before it counts as done. `normal`: survives the end of the process, not the loss of power. */
export type Durability = 'full' | 'normal';

export interface Transactions {
  /** Runs `body` in a transaction of this connection: all of it is stored, or nothing. Nothing else may use the connection meanwhile. */
  run<T>(durability: Durability, body: () => T | Promise<T>): Promise<T>;
}

/** Transactions on one connection. */
export function createTransactions(connection: SqliteConnection): Transactions {
  let current: Durability | undefined;

  function setDurability(durability: Durability): void {
    if (durability === current) return;
    current = undefined;
    connection.exec(`PRAGMA synchronous = ${durability.toUpperCase()}`);
    current = durability;
  }

  return {
    async run(durability, body) {
      setDurability(durability);
      connection.exec('BEGIN IMMEDIATE');
      try {
        const value = await body();
        connection.exec('COMMIT');
        return value;
      } catch (error) {
        rollBack(connection);
        throw error;
      }
    },
  };
}

/** Some errors, such as a full disk, have ended the transaction already; then there is nothing to roll back. */
function rollBack(connection: SqliteConnection): void {
  try {
    connection.exec('ROLLBACK');
  } catch {
    // The cause of the failure is what counts; SQLite undoes an open transaction by itself at the next start at the latest.
  }
}
