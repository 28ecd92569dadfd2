import { expect, it } from 'vitest';

import { openDatabase } from './adapters/open-database.ts';
import { migrate } from './migrations/migrate.ts';
import { createSqliteChatStore } from './sqlite-chat-store.ts';

const COUNT = 1_500;

it('shows of frequent words the newest first, without what was deleted, and still finds a seldom one at the very beginning', () => {
  const connection = openDatabase({ memory: true });
  migrate(connection, 1);
  connection.exec('BEGIN');
  const conversation = connection.prepare(
    'INSERT INTO conversations (id, title, created_ms, updated_ms, deleted_ms) VALUES (?, ?, 1, 1, ?)',
  );
  conversation.run('c', 'Talk', null);
  conversation.run('gone', 'Talk', 1);
  const message = connection.prepare("INSERT INTO messages (id, conversation_id, role, content, created_ms) VALUES (?, ?, 'user', ?, 1)");
  const textOf = (index: number): string =>
    index === 0 ? 'the puffin near the harbour' : index % 2 === 0 ? 'the harbour' : 'the harbour and the long way to it';
  for (let index = 0; index < COUNT; index += 1) message.run(`m-${index}`, index === COUNT - 1 ? 'gone' : 'c', textOf(index));
  connection.exec('COMMIT');
  const { search } = createSqliteChatStore(connection);
  const find = (text: string): (string | undefined)[] => search.run({ text, skip: 0, limit: 3 }).map(({ messageId }) => messageId);
  const newest = [COUNT - 2, COUNT - 3, COUNT - 4].map((index) => `m-${index}`);
  expect(find('the harbour')).toEqual(newest);
  expect(find('the-harbour')).toEqual(newest);
  expect(find('the puff')).toEqual(['m-0']);
  // A beginning is ranked: the shorter texts come first.
  expect(find('harb')).toEqual([COUNT - 2, COUNT - 4, COUNT - 6].map((index) => `m-${index}`));
  connection.close();
});
