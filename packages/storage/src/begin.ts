import type { AnswerOrigin, Beginning, BeginResult, BranchMessage, NewQuestion } from '@pilotlight/chat';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';

import { readConversation } from './conversations.ts';
import type { Schema } from './schema.ts';
import type { SqliteLog } from './sqlite-log.ts';

export interface Tables {
  readonly db: Kysely<Schema>;
  readonly log: Pick<SqliteLog, 'append'>;
}

const FIRST_EPOCH = 1;

/** `ChatStore.begin`, within a transaction. */
export async function begin({ db, log }: Tables, beginning: Beginning): Promise<BeginResult> {
  const { conversationId, question, atMs } = beginning;
  const known = await findKnown(db, beginning);
  if (known !== undefined) return known;

  const former = await readConversation(db, conversationId);
  if (question.kind === 'question') {
    const parentId = question.parentId === undefined ? (former?.headId ?? null) : question.parentId;
    const refusal = await refuseParent(db, conversationId, parentId);
    if (refusal !== undefined) return refusal;
    if (former === undefined) await insertConversation(db, beginning);
    await insertQuestion(db, beginning, { ...question, parentId });
  } else {
    const refusal = await refuseQuestion(db, conversationId, question.id);
    if (refusal !== undefined) return refusal;
  }
  await insertAnswer(db, beginning);
  const { generationId, firstParts, answerId } = beginning;
  log.append({ generationId, epoch: FIRST_EPOCH, firstOffset: 0, ...firstParts });
  await db.updateTable('conversations').set({ head_id: answerId, updated_ms: atMs }).where('id', '=', conversationId).execute();

  const conversation = await readConversation(db, conversationId);
  if (conversation === undefined) throw new Error('a conversation is gone within the transaction that wrote it');
  return { outcome: 'stored', epoch: FIRST_EPOCH, conversation, branch: await readBranch(db, question.id) };
}

/** Whether the request was stored before, or its ids belong to something else. */
async function findKnown(db: Kysely<Schema>, { question, generationId, fingerprint }: Beginning): Promise<BeginResult | undefined> {
  const generations = db.selectFrom('generations').select(['id', 'question_id', 'answer_id', 'fingerprint']);
  const generation =
    question.kind === 'question'
      ? await generations.where('question_id', '=', question.id).orderBy('key').limit(1).executeTakeFirst()
      : await generations.where('id', '=', generationId).executeTakeFirst();
  if (generation === undefined) {
    const isTaken =
      question.kind === 'question' &&
      (await db.selectFrom('messages').select('seq').where('id', '=', question.id).executeTakeFirst()) !== undefined;
    return isTaken ? { outcome: 'conflict' } : undefined;
  }
  if (generation.fingerprint !== fingerprint) return { outcome: 'conflict' };
  return { outcome: 'known', questionId: generation.question_id, answerId: generation.answer_id, generationId: generation.id };
}

async function refuseParent(db: Kysely<Schema>, conversationId: string, parentId: string | null): Promise<BeginResult | undefined> {
  if (parentId !== null) {
    const parent = await db
      .selectFrom('messages')
      .select(['state', 'generation_id'])
      .where('id', '=', parentId)
      .where('conversation_id', '=', conversationId)
      .executeTakeFirst();
    if (parent === undefined) return { outcome: 'message_missing' };
    if (parent.state === 'running') return { outcome: 'busy', generationId: parent.generation_id ?? '' };
  }
  const running = await selectRunning(db, conversationId)
    .innerJoin('messages', 'messages.id', 'generations.question_id')
    .where('messages.parent_id', 'is', parentId)
    .executeTakeFirst();
  return running && { outcome: 'busy', generationId: running.id };
}

async function refuseQuestion(db: Kysely<Schema>, conversationId: string, questionId: string): Promise<BeginResult | undefined> {
  const question = await db
    .selectFrom('messages')
    .select('seq')
    .where('id', '=', questionId)
    .where('conversation_id', '=', conversationId)
    .where('role', '=', 'user')
    .executeTakeFirst();
  if (question === undefined) return { outcome: 'message_missing' };
  const running = await selectRunning(db, conversationId).where('generations.question_id', '=', questionId).executeTakeFirst();
  return running && { outcome: 'busy', generationId: running.id };
}

function selectRunning(db: Kysely<Schema>, conversationId: string) {
  return db
    .selectFrom('generations')
    .select('generations.id')
    .where('generations.conversation_id', '=', conversationId)
    .where(sql<boolean>`generations.closed = 0`)
    .limit(1);
}

async function insertConversation(db: Kysely<Schema>, { conversationId: id, title, atMs }: Beginning): Promise<void> {
  await db.insertInto('conversations').values({ id, title, created_ms: atMs, updated_ms: atMs, head_id: null }).execute();
}

async function insertQuestion(
  db: Kysely<Schema>,
  { conversationId, fingerprint, atMs }: Beginning,
  { id, text, parentId = null, system }: NewQuestion,
): Promise<void> {
  await db
    .insertInto('messages')
    .values({
      id,
      conversation_id: conversationId,
      parent_id: parentId,
      role: 'user',
      content: text,
      created_ms: atMs,
      system: system ?? (parentId === null ? await firstSystem(db, conversationId) : null),
      fingerprint,
    })
    .execute();
}

/** The system prompt that the conversation began with. */
async function firstSystem(db: Kysely<Schema>, conversationId: string): Promise<string | null> {
  const first = await db
    .selectFrom('messages')
    .select('system')
    .where('conversation_id', '=', conversationId)
    .orderBy('seq')
    .limit(1)
    .executeTakeFirst();
  return first?.system ?? null;
}

async function insertAnswer(db: Kysely<Schema>, beginning: Beginning): Promise<void> {
  const { conversationId, question, answerId, generationId, fingerprint, model = null, task, atMs } = beginning;
  await db
    .insertInto('messages')
    .values({
      id: answerId,
      conversation_id: conversationId,
      parent_id: question.id,
      role: 'assistant',
      content: '',
      created_ms: atMs,
      state: 'running',
      generation_id: generationId,
    })
    .execute();
  await db
    .insertInto('generations')
    .values({
      id: generationId,
      conversation_id: conversationId,
      question_id: question.id,
      answer_id: answerId,
      fingerprint,
      model,
      task,
      epoch: FIRST_EPOCH,
      next_offset: 0,
      closed: 0,
      created_ms: atMs,
    })
    .execute();
}

/** The messages from the root to this question. */
async function readBranch(db: Kysely<Schema>, questionId: string): Promise<BranchMessage[]> {
  const { rows } = await sql<{ role: 'user' | 'assistant'; content: string; system: string | null }>`
    WITH RECURSIVE branch (parent_id, role, content, system, depth) AS (
      SELECT parent_id, role, content, system, 0 FROM messages WHERE id = ${questionId}
      UNION ALL
      SELECT m.parent_id, m.role, m.content, m.system, b.depth + 1 FROM branch b JOIN messages m ON m.id = b.parent_id
    )
    SELECT role, content, system FROM branch ORDER BY depth DESC`.execute(db);
  return rows.map(({ role, content, system }) => ({ role, content, system: system ?? undefined }));
}

/** `ChatStore.answer`. */
export async function toOrigin(db: Kysely<Schema>, conversationId: string, answerId: string): Promise<AnswerOrigin | undefined> {
  const origin = await db
    .selectFrom('generations')
    .select(['question_id', 'model', 'task'])
    .where('answer_id', '=', answerId)
    .where('conversation_id', '=', conversationId)
    .executeTakeFirst();
  return origin && { questionId: origin.question_id, model: origin.model ?? undefined, task: origin.task };
}
