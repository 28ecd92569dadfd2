import type { SqliteConnection } from './sqlite-connection.ts';

/** `full`: on the disk before it counts as done. `normal`: survives the end of the process, not the loss of power. `read`: writes nothing. */
export type Durability = 'full' | 'normal' | 'read';

/** Runs `body` in a transaction: all of it is stored, or nothing. What is to be `full` has to be synced after that. */
export type Transact = <T>(durability: Durability, body: () => T) => T;

/** Transactions on one connection. `onUndone` hears of each that was not stored, after it was undone. */
export function createTransact(connection: SqliteConnection, onUndone: () => void = () => {}): Transact {
  return (durability, body) => {
    // Left open by a failure after which it could not be undone at once.
    if (connection.isTransaction) connection.exec('ROLLBACK');
    connection.exec(durability === 'read' ? 'BEGIN' : 'BEGIN IMMEDIATE');
    try {
      const value = body();
      connection.exec('COMMIT');
      return value;
    } catch (error) {
      tryToRollBack(connection);
      onUndone();
      throw error;
    }
  };
}

/** Some errors, such as a full disk, have ended the transaction already. If it cannot be undone now, the next one sees to it; the first error is what counts. */
function tryToRollBack(connection: SqliteConnection): void {
  if (!connection.isTransaction) return;
  try {
    connection.exec('ROLLBACK');
  } catch {
    return;
  }
}
