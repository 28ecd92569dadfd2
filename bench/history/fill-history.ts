import { DatabaseSync } from 'node:sqlite';

import { createChance, textOf } from './vocabulary.ts';

export interface History {
  readonly conversations: number;
  readonly messages: number;
}

/** So many conversations are held at the same time: their messages lie between one another. */
const SIDE_BY_SIDE = 20;
const INDEXES = ['title_index', 'message_index', 'attachment_index'];
/** One conversation of so many has a file, of so many characters at least and at most. */
const WITHOUT_FILE = 10;
const SHORTEST_FILE = 1_000;
const LONGEST_FILE = 250_000;
const CHARACTERS_OF_WORD = 5;
const FIRST_MS = Date.UTC(2024, 0, 1);
const STEP_MS = 60_000;
const RECEIPT = JSON.stringify({
  model: 'bench:latest',
  engine: 'bench',
  task: 'chat',
  started_at: '2026-01-01T00:00:00.000Z',
  queue_ms: 0,
  load_ms: 0,
  total_ms: 0,
  attempts: [],
  seams: [],
});

/** Short files are more frequent than long ones. */
function fileText(chance: () => number): string {
  const characters = SHORTEST_FILE * (LONGEST_FILE / SHORTEST_FILE) ** chance();
  return textOf(characters / CHARACTERS_OF_WORD, chance);
}

/** Fills an empty database of the present schema: questions of 5 to 25 words, answers of 20 to 100, each answer with its generation and log; files at some questions. */
export function fillHistory(file: string, { conversations, messages }: History): void {
  const database = new DatabaseSync(file);
  // It is made anew if anything happens: nothing has to be on the disk meanwhile.
  database.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; PRAGMA wal_autocheckpoint = 100000');
  for (const index of INDEXES) {
    database.exec(`INSERT INTO ${index} (${index}, rank) VALUES ('hashsize', 67108864)`);
  }
  const insert = prepare(database);
  const chance = createChance(7);
  const rounds = Math.floor(messages / conversations / 2);
  let atMs = FIRST_MS;
  for (let first = 0; first < conversations; first += SIDE_BY_SIDE) {
    const ids = Array.from({ length: Math.min(SIDE_BY_SIDE, conversations - first) }, (_, index) => `c-${first + index}`);
    database.exec('BEGIN');
    for (const id of ids) insert.conversation.run(id, textOf(4, chance), atMs, atMs);
    for (let round = 0; round < rounds; round += 1) {
      for (const id of ids) {
        atMs += STEP_MS;
        insert.exchange({ id, round, atMs, question: textOf(5 + chance() * 20, chance), answer: textOf(20 + chance() * 80, chance) });
      }
    }
    for (const [index, id] of ids.entries()) {
      if ((first + index) % WITHOUT_FILE === 0)
        insert.file({ number: (first + index) / WITHOUT_FILE, messageId: `${id}-q-0`, text: fileText(chance) });
    }
    for (const id of ids) insert.head.run(`${id}-a-${rounds - 1}`, atMs, id);
    database.exec('COMMIT');
  }
  for (const index of INDEXES) {
    database.exec(`INSERT INTO ${index} (${index}, rank) VALUES ('hashsize', 1048576)`);
  }
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  database.close();
}

interface HistoryFile {
  readonly number: number;
  readonly messageId: string;
  readonly text: string;
}

interface Exchange {
  readonly id: string;
  readonly round: number;
  readonly atMs: number;
  readonly question: string;
  readonly answer: string;
}

function prepare(database: DatabaseSync) {
  const message = database.prepare(`
    INSERT INTO messages (id, conversation_id, parent_id, role, content, created_ms, state, generation_id, model, finish_reason, receipt)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const generation = database.prepare(`
    INSERT INTO generations (id, conversation_id, question_id, answer_id, fingerprint, model, task, epoch, next_offset, closed, created_ms, ended_ms)
    VALUES (?, ?, ?, ?, 'bench', NULL, 'chat', 1, 3, 1, ?, ?)`);
  const log = database.prepare('INSERT INTO generation_log (generation_key, first_offset, count, parts) VALUES (?, 0, 3, ?)');
  const attachment = database.prepare(`
    INSERT INTO attachments (id, name, kind, media_type, bytes, facts, attached_ms, text) VALUES (?, ?, 'text', 'text/plain', ?, ?, ?, ?)`);
  const reference = database.prepare('INSERT INTO message_attachments (message_id, place, attachment_id) VALUES (?, 0, ?)');
  return {
    file({ number, messageId, text }: HistoryFile): void {
      attachment.run(
        `f-${number}`,
        `report-${number}.txt`,
        Buffer.byteLength(text),
        JSON.stringify({ characters: text.length }),
        FIRST_MS,
        text,
      );
      reference.run(messageId, `f-${number}`);
    },
    conversation: database.prepare('INSERT INTO conversations (id, title, created_ms, updated_ms) VALUES (?, ?, ?, ?)'),
    head: database.prepare('UPDATE conversations SET head_id = ?, updated_ms = ? WHERE id = ?'),
    exchange({ id, round, atMs, question, answer }: Exchange): void {
      const ids = { question: `${id}-q-${round}`, answer: `${id}-a-${round}`, generation: `${id}-g-${round}` };
      const parent = round === 0 ? null : `${id}-a-${round - 1}`;
      message.run(ids.question, id, parent, 'user', question, atMs, null, null, null, null, null);
      const end = ['complete', ids.generation, 'bench:latest', 'stop', RECEIPT] as const;
      message.run(ids.answer, id, ids.question, 'assistant', answer, atMs, ...end);
      const { lastInsertRowid } = generation.run(ids.generation, id, ids.question, ids.answer, atMs, atMs);
      const parts = [{ type: 'start' }, { type: 'text', text: answer }, { type: 'finish', reason: 'stop' }];
      log.run(lastInsertRowid, JSON.stringify(parts));
    },
  };
}
