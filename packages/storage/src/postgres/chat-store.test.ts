import { createManualClock, startPostgres, whyNoPostgres } from '@pilotlight/test-kit';
import type { TestPostgres } from '@pilotlight/test-kit';
import { afterAll, beforeAll, describe } from 'vitest';

import { describeChatStore } from '../chat-store-suite.ts';
import { openStorage } from '../open-storage.ts';
import { postgresSchemaOf } from './migrations/migrate.ts';
import { withPostgres } from './open-postgres.ts';
import { COPIED_TABLES } from './tables.ts';

const clock = createManualClock();
const reason = whyNoPostgres();

describe.skipIf(reason !== undefined)(`over Postgres${reason === undefined ? '' : ` (${reason})`}`, () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  }, 60_000);
  afterAll(() => postgres[Symbol.asyncDispose]());

  describeChatStore('in Postgres', async () => {
    const url = postgres.url();
    // The tables are made once, and emptied for each.
    await withPostgres(url, async (session) => {
      const tables = [...COPIED_TABLES.map(({ name }) => name), 'title_words', 'message_words', 'attachment_words', 'attachments_to_index'];
      if ((await postgresSchemaOf(session)) > 0) await session.exec(`TRUNCATE ${tables.join(', ')} RESTART IDENTITY`);
    });
    return openStorage({ location: { url }, clock });
  });
});
