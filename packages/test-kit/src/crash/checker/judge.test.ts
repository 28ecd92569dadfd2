import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

import { describe, expect, it } from 'vitest';

import { createTemporaryFolder } from '../../temporary-folder.ts';
import type { TranscriptEvent } from '../transcript.ts';
import { judge } from './judge.ts';
import { readDatabase } from './read-database.ts';

const START = { type: 'start', generation_id: 'g1' };
const FINISH = { type: 'finish', reason: 'stop' };
const TEXTS = [
  { type: 'text', text: 'one ' },
  { type: 'text', text: 'two' },
];

/** A conversation with a question, its answer, and another answer to it that a crash interrupted. */
const SOUND = `
  CREATE TABLE conversations (id TEXT PRIMARY KEY, head_id TEXT);
  CREATE TABLE messages (id TEXT, conversation_id TEXT, parent_id TEXT, role TEXT, content TEXT, reasoning TEXT, state TEXT, generation_id TEXT);
  CREATE TABLE generations (key INTEGER PRIMARY KEY, id TEXT, conversation_id TEXT, question_id TEXT, answer_id TEXT, closed INTEGER, next_offset INTEGER);
  CREATE TABLE generation_log (generation_key INTEGER, first_offset INTEGER, count INTEGER, parts TEXT);
  CREATE TABLE log_journal (seq INTEGER PRIMARY KEY, entries TEXT);
  INSERT INTO conversations VALUES ('c', 'a2');
  INSERT INTO messages VALUES
    ('m1', 'c', NULL, 'user', 'Say 2 tokens for m1', NULL, NULL, NULL),
    ('a1', 'c', 'm1', 'assistant', 'one two', NULL, 'complete', 'g1'),
    ('a2', 'c', 'm1', 'assistant', '', NULL, 'interrupted', 'g2');
  INSERT INTO generations VALUES (1, 'g1', 'c', 'm1', 'a1', 1, 4), (2, 'g2', 'c', 'm1', 'a2', 1, 2);
  INSERT INTO generation_log VALUES
    (1, 0, 1, '${JSON.stringify([START])}'), (1, 1, 2, '["one ","two"]'), (1, 3, 1, '${JSON.stringify([FINISH])}'),
    (2, 0, 2, '${JSON.stringify([START, { type: 'error', code: 'interrupted' }])}');
`;

function shown(...parts: readonly (readonly [number, unknown])[]): TranscriptEvent[] {
  return parts.map(([offset, part]) => ({ type: 'shown', reader: 'client', generation: 'g1', offset, part }));
}

const acknowledged = { type: 'acknowledged', message: 'm1', conversation: 'c' } as const;
const ASKED: readonly TranscriptEvent[] = [
  { type: 'asked', kind: 'post', message: 'm1', conversation: 'c', text: 'Say 2 tokens for m1', parent: null, tokens: 2 },
  { ...acknowledged, kind: 'post', answer: 'a1', generation: 'g1' },
  { type: 'asked', kind: 'regenerate', generation: 'g2', conversation: 'c', of: 'a1' },
  { ...acknowledged, kind: 'regenerate', answer: 'a2', generation: 'g2' },
];
const READ: readonly TranscriptEvent[] = [
  ...shown([0, START], [1, TEXTS[0]], [2, TEXTS[1]], [3, FINISH]),
  { type: 'stream-ended', reader: 'client', generation: 'g1' },
];

interface Given {
  readonly damage?: string;
  readonly events?: readonly TranscriptEvent[];
  readonly mustBeClosed?: readonly string[];
  /** Held against the sound database as the one before. */
  readonly hasBefore?: boolean;
}

async function findingsOf({ damage = '', events = [...ASKED, ...READ], mustBeClosed = [], hasBefore = false }: Given): Promise<string> {
  await using folder = await createTemporaryFolder();
  const read = (name: string, sql: string) => {
    const file = join(folder.path, name);
    const database = new DatabaseSync(file);
    database.exec(sql);
    database.close();
    return readDatabase(file)!;
  };
  const transcript = join(folder.path, 'client.jsonl');
  writeFileSync(transcript, events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  const before = hasBefore ? read('before.db', SOUND) : undefined;
  const database = read('after.db', SOUND + damage);
  return judge({ database, before, transcripts: [transcript], mustBeClosed: new Set(mustBeClosed) }).findings.join('\n');
}

it('finds nothing in what is as it must be', async () => {
  expect(await findingsOf({ mustBeClosed: ['g1', 'g2'], hasBefore: true })).toBe('');
});

describe('it finds', () => {
  it.each<[string, Given, string]>([
    [
      'an acknowledged question that is gone',
      { damage: "DELETE FROM messages WHERE id = 'm1'" },
      'the message m1 was acknowledged and is not there',
    ],
    [
      'an acknowledged answer that is gone',
      { damage: 'DELETE FROM generations WHERE key = 2' },
      'the generation g2 was acknowledged and is not there',
    ],
    ['another text', { damage: "UPDATE messages SET content = 'other' WHERE id = 'm1'" }, 'the message m1 is not what was asked'],
    ['a lost tail', { damage: 'DELETE FROM generation_log WHERE first_offset = 3' }, 'the log of 3 parts does not have'],
    [
      'a changed part',
      { damage: `UPDATE generation_log SET parts = '["one ","too"]' WHERE first_offset = 1` },
      'the log has {"type":"text","text":"too"}',
    ],
    [
      'a lost row of the journal',
      {
        damage: `UPDATE generations SET closed = 0, next_offset = 1 WHERE key = 1; DELETE FROM generation_log WHERE generation_key = 1 AND first_offset > 0;
          INSERT INTO log_journal (entries) VALUES ('[[1,2,1,"[\\"two\\"]"]]')`,
      },
      'the journal of g1 has a gap or an overlap at 2',
    ],
    [
      'a row of the journal behind the end',
      { damage: `INSERT INTO log_journal (entries) VALUES ('[[1,4,1,"[\\"more\\"]"]]')` },
      'the journal has parts of g1 from 4 on, behind its end',
    ],
    [
      'a row of the journal of a log that was removed',
      { damage: `INSERT INTO log_journal (entries) VALUES ('[[9,1,1,"[\\"more\\"]"]]')` },
      'the journal has parts of the log 9, which is not there',
    ],
    ['a gap', { damage: 'DELETE FROM generation_log WHERE first_offset = 1' }, 'has a gap or an overlap at 3'],
    ['a part shown twice', { events: [...ASKED, ...shown([0, START], [1, TEXTS[0]], [1, TEXTS[0]])] }, 'got the offset 1'],
    ['a part shown out of order', { events: [...ASKED, ...shown([0, START], [2, TEXTS[1]])] }, 'got the offset 2'],
    ['a stream that ends without an end', { events: [...ASKED, ...READ.slice(0, 3), ...READ.slice(4)] }, 'ended without a last part'],
    [
      'two ends',
      {
        damage: `INSERT INTO generation_log VALUES (2, 2, 1, '[{"type":"error","code":"interrupted"}]'); UPDATE generations SET next_offset = 3 WHERE key = 2`,
      },
      'closed and has 2 ends',
    ],
    ['no end', { damage: 'UPDATE generations SET closed = 0 WHERE key = 2' }, 'open and has 1 ends'],
    [
      'what a server did not close',
      { damage: 'UPDATE generations SET closed = 0 WHERE key = 2', mustBeClosed: ['g2'] },
      'the server that started after it did not close it',
    ],
    ['an answer that nobody asked for', { events: [...ASKED.slice(0, 2), ...READ] }, 'was asked once and answered 2 times'],
    [
      'a question that nobody asked',
      { damage: "INSERT INTO messages VALUES ('m9', 'c', NULL, 'user', 'x', NULL, NULL, NULL)" },
      'nobody asked the message m9',
    ],
    [
      'one request with two answers',
      { events: [...ASKED, { ...acknowledged, kind: 'post', answer: 'a2', generation: 'g2' }] },
      'was acknowledged with two generations',
    ],
    ['a broken chain', { damage: "UPDATE messages SET parent_id = 'm0' WHERE id = 'a2'" }, 'hangs at m0, which is not there'],
    ['an answer that is not its log', { damage: "UPDATE messages SET content = 'one' WHERE id = 'a1'" }, 'says other text than its log'],
    [
      'a state that is not that of the log',
      { damage: "UPDATE messages SET state = 'failed' WHERE id = 'a1'" },
      'by its log it is complete',
    ],
    [
      'a short answer that counts as whole',
      { damage: "UPDATE messages SET content = 'Say 3 tokens for m1' WHERE id = 'm1'" },
      'counts as whole and has not its 3 words',
    ],
    [
      'a stop that was forgotten',
      { events: [...ASKED, { type: 'stop-acknowledged', generation: 'g2' }] },
      'the stop of g2 was acknowledged, and it is not stopped',
    ],
    [
      'a refusal',
      { events: [...ASKED, { type: 'refused', request: 'a post', status: 500, body: '' }] },
      'a client was refused: a post got 500',
    ],
    [
      'what vanished since the crash before',
      {
        damage: "DELETE FROM generation_log WHERE generation_key = 2; INSERT INTO generation_log VALUES (2, 0, 1, '[{}]')",
        hasBefore: true,
      },
      'has lost or changed',
    ],
    ['an end of a conversation that is not in it', { damage: "UPDATE conversations SET head_id = 'm0'" }, 'ends at m0, which it has not'],
  ])('%s', async (_name, given, finding) => {
    expect(await findingsOf(given)).toContain(finding);
  });
});
