import { createManualClock, startPostgres, whyNoPostgres } from '@pilotlight/test-kit';
import type { TestPostgres } from '@pilotlight/test-kit';
import { afterAll, beforeAll, describe, it } from 'vitest';

import { describeChatStore } from '../chat-store-suite.ts';
import { openStorage } from '../open-storage.ts';
import { withPostgres } from './open-postgres.ts';

const clock = createManualClock();
const reason = whyNoPostgres();

describe.skipIf(reason !== undefined)('over Postgres', () => {
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await startPostgres();
  }, 60_000);
  afterAll(() => postgres[Symbol.asyncDispose]());

  describeChatStore('in Postgres', async () => {
    const url = postgres.url();
    await withPostgres(url, (session) => session.exec('DROP SCHEMA IF EXISTS pilotlight CASCADE'));
    return openStorage({ location: { url }, clock });
  });
});

if (reason !== undefined) it.skip(`the chat's store over Postgres was not tested: ${reason}`, () => undefined);
