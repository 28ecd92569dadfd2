import type { SqliteConnection } from './sqlite-connection.ts';
import type { Operation } from './sqlite-chat-store.ts';

export interface TrialOperation {
  readonly tryWriting: Operation<[], void>;
}

/** More than a question with its answer usually takes. */
const TRIAL_BYTES = 262_144;

/** Whether the database takes more: a table that is made, filled and taken away within the caller's transaction, which is then written and synced. */
export function createTrial(connection: SqliteConnection): TrialOperation {
  return {
    tryWriting: {
      durability: 'full',
      run() {
        connection.exec(`CREATE TABLE trial AS SELECT zeroblob(${TRIAL_BYTES}) AS room`);
        connection.exec('DROP TABLE trial');
      },
    },
  };
}
