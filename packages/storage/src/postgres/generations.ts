import type {
  AnswerOrigin,
  Beginning,
  BeginResult,
  BranchMessage,
  ClaimedGeneration,
  EndResult,
  GenerationEnding,
  NewQuestion,
} from '@pilotlight/chat';

import { toJson } from '../conversation-rows.ts';
import { attachmentsOfMessage, findAttachments, refer } from './attachments.ts';
import { addConversation, findAnyConversation, findConversation, isHidden, setHead, touch } from './conversations.ts';
import { writeMessageWords } from './index-words.ts';
import { append } from './log.ts';
import type { PostgresSession } from './postgres-session.ts';

// The life of generations. What writes runs within the caller's transaction.

const FIRST_EPOCH = 1;

const KNOWN = 'SELECT id, question_id, answer_id, fingerprint FROM generations';
const MESSAGE = 'SELECT conversation_id, role, state, generation_id FROM messages WHERE id = $1';
const RUNNING_BESIDE = `
  SELECT g.id FROM generations g JOIN messages q ON q.id = g.question_id
  WHERE g.conversation_id = $1 AND g.closed = 0 AND q.parent_id IS NOT DISTINCT FROM $2::text LIMIT 1`;
const RUNNING_FOR = 'SELECT id FROM generations WHERE conversation_id = $1 AND closed = 0 AND question_id = $2 LIMIT 1';
const INSERT_QUESTION = `
  INSERT INTO messages (id, conversation_id, parent_id, role, content, created_ms, system) VALUES ($1, $2, $3, 'user', $4, $5, $6)`;
const INSERT_ANSWER = `
  INSERT INTO messages (id, conversation_id, parent_id, role, content, created_ms, state, generation_id, continues_id)
  VALUES ($1, $2, $3, 'assistant', '', $4, 'running', $5, $6)`;
const INSERT_GENERATION = `
  INSERT INTO generations (id, conversation_id, question_id, answer_id, fingerprint, model, task, epoch, next_offset, closed, created_ms)
  VALUES ($1, $2, $3, $4, $5, $6, $7, ${FIRST_EPOCH}, 0, 0, $8)`;
const BRANCH = `
  WITH RECURSIVE branch (id, parent_id, role, content, system, depth) AS (
    SELECT id, parent_id, role, content, system, 0 FROM messages WHERE id = $1
    UNION ALL
    SELECT m.id, m.parent_id, m.role, m.content, m.system, b.depth + 1 FROM branch b JOIN messages m ON m.id = b.parent_id
  )
  SELECT id, role, content, system, EXISTS (SELECT 1 FROM message_attachments r WHERE r.message_id = branch.id) AS has_attachments
  FROM branch ORDER BY depth DESC`;
const CLAIM = 'UPDATE generations SET epoch = epoch + 1 WHERE id = $1 AND closed = 0 RETURNING epoch, next_offset, conversation_id';
const CLOSE = 'UPDATE generations SET closed = 1, ended_ms = $1 WHERE id = $2 RETURNING answer_id, conversation_id';
const UPDATE_ANSWER = `
  UPDATE messages SET content = $1, reasoning = $2, state = $3, model = $4, finish_reason = $5, receipt = $6, error = $7 WHERE id = $8`;
/** An answer that was imported has no generation. */
const ORIGIN = `
  SELECT q.id AS question_id, g.model, coalesce(g.task, 'chat') AS task
  FROM messages a JOIN messages q ON q.id = a.parent_id AND q.role = 'user' LEFT JOIN generations g ON g.answer_id = a.id
  WHERE a.id = $1 AND a.conversation_id = $2 AND a.role = 'assistant'`;

export async function begin(session: PostgresSession, beginning: Beginning): Promise<BeginResult> {
  const { conversationId, question, answerId, generationId, firstParts, fingerprint, atMs } = beginning;
  if (await isHidden(session, conversationId)) return { outcome: 'deleted' };
  const known = await findKnown(session, beginning);
  if (known !== undefined) return known;

  const refusal =
    question.kind === 'question'
      ? await askQuestion(session, beginning, question)
      : await refuseQuestion(session, conversationId, question.id);
  if (refusal !== undefined) return refusal;
  const continues = question.kind === 'same_question' ? question.continues : undefined;
  await session.run(INSERT_ANSWER, answerId, conversationId, question.id, atMs, generationId, continues ?? null);
  const { model = null, task } = beginning;
  await session.run(INSERT_GENERATION, generationId, conversationId, question.id, answerId, fingerprint, model, task, atMs);
  await append(session, { generationId, epoch: FIRST_EPOCH, firstOffset: 0, ...firstParts });
  await touch(session, conversationId, atMs);
  const conversation = await setHead(session, conversationId, answerId);
  if (conversation === undefined) throw new Error('a conversation is gone within the transaction that wrote it');
  return { outcome: 'stored', epoch: FIRST_EPOCH, conversation, branch: await readBranch(session, question.id) };
}

/** Whether the request was stored before, or its id belongs to something else. */
async function findKnown(session: PostgresSession, { question, generationId, fingerprint }: Beginning): Promise<BeginResult | undefined> {
  const row =
    question.kind === 'question'
      ? await session.get(`${KNOWN} WHERE question_id = $1 ORDER BY key LIMIT 1`, question.id)
      : await session.get(`${KNOWN} WHERE id = $1`, generationId);
  const generation = row as { id: string; question_id: string; answer_id: string; fingerprint: string } | undefined;
  if (generation === undefined) {
    const isTaken = question.kind === 'question' && (await session.get(MESSAGE, question.id)) !== undefined;
    return isTaken ? { outcome: 'conflict' } : undefined;
  }
  if (generation.fingerprint !== fingerprint) return { outcome: 'conflict' };
  return { outcome: 'known', questionId: generation.question_id, answerId: generation.answer_id, generationId: generation.id };
}

/** Stores the question, with its conversation if it is the first, or says why not. */
async function askQuestion(session: PostgresSession, beginning: Beginning, question: NewQuestion): Promise<BeginResult | undefined> {
  const { conversationId, title, atMs, start } = beginning;
  const former = await findConversation(session, conversationId);
  const parentId = question.parentId === undefined ? (former?.headId ?? null) : question.parentId;
  const refusal = (await refuseParent(session, conversationId, parentId)) ?? (await refuseAttachments(session, question));
  if (refusal !== undefined) return refusal;
  if (former === undefined) await addConversation(session, { id: conversationId, title, atMs, start });
  const system = question.system ?? (parentId === null ? await firstSystem(session, conversationId) : undefined);
  await session.run(INSERT_QUESTION, question.id, conversationId, parentId, question.text, atMs, system ?? null);
  await writeMessageWords(session, question.id, question.text);
  await refer(session, question.id, question.attachments ?? []);
  return undefined;
}

interface MessageRow {
  readonly conversation_id: string;
  readonly role: string;
  readonly state: string | null;
  readonly generation_id: string | null;
}

async function refuseParent(session: PostgresSession, conversationId: string, parentId: string | null): Promise<BeginResult | undefined> {
  if (parentId !== null) {
    const parent = (await session.get(MESSAGE, parentId)) as MessageRow | undefined;
    if (parent?.conversation_id !== conversationId) return { outcome: 'message_missing' };
    if (parent.state === 'running') return { outcome: 'busy', generationId: parent.generation_id ?? '' };
  }
  return toBusy(await session.get(RUNNING_BESIDE, conversationId, parentId));
}

async function refuseQuestion(session: PostgresSession, conversationId: string, questionId: string): Promise<BeginResult | undefined> {
  const question = (await session.get(MESSAGE, questionId)) as MessageRow | undefined;
  if (question?.conversation_id !== conversationId || question.role !== 'user') return { outcome: 'message_missing' };
  return toBusy(await session.get(RUNNING_FOR, conversationId, questionId));
}

async function refuseAttachments(session: PostgresSession, { attachments: ids = [] }: NewQuestion): Promise<BeginResult | undefined> {
  const there = new Set((await findAttachments(session, ids)).map(({ id }) => id));
  const id = ids.find((wanted) => !there.has(wanted));
  return id === undefined ? undefined : { outcome: 'attachment_missing', id };
}

function toBusy(row: unknown): BeginResult | undefined {
  return row === undefined ? undefined : { outcome: 'busy', generationId: (row as { readonly id: string }).id };
}

async function firstSystem(session: PostgresSession, conversationId: string): Promise<string | undefined> {
  const first = (await session.get('SELECT system FROM messages WHERE conversation_id = $1 ORDER BY seq LIMIT 1', conversationId)) as
    | { readonly system: string | null }
    | undefined;
  return first?.system ?? undefined;
}

interface BranchRow extends Pick<BranchMessage, 'id' | 'role' | 'content'> {
  readonly system: string | null;
  readonly has_attachments: boolean;
}

async function readBranch(session: PostgresSession, questionId: string): Promise<BranchMessage[]> {
  const branch: BranchMessage[] = [];
  for (const { id, role, content, system, has_attachments: hasAttachments } of (await session.all(BRANCH, questionId)) as BranchRow[]) {
    const attachments = hasAttachments ? await attachmentsOfMessage(session, id) : [];
    branch.push({ id, role, content, system: system ?? undefined, attachments });
  }
  return branch;
}

export async function end(session: PostgresSession, { group, answer, atMs }: GenerationEnding): Promise<EndResult> {
  const outcome = await append(session, group);
  if (outcome !== 'stored') return { outcome };
  const ids = (await session.get(CLOSE, atMs, group.generationId)) as { readonly answer_id: string; readonly conversation_id: string };
  const { content, reasoning = null, state, model = null, finishReason = null } = answer;
  const values = [content, reasoning, state, model, finishReason, toJson(answer.receipt), toJson(answer.error)];
  await session.run(UPDATE_ANSWER, ...values, ids.answer_id);
  await writeMessageWords(session, ids.answer_id, content);
  await touch(session, ids.conversation_id, atMs);
  const conversation = await findAnyConversation(session, ids.conversation_id);
  if (conversation === undefined) throw new Error('a generation stands in no conversation');
  return { outcome: 'ended', conversation };
}

export async function claim(session: PostgresSession, generationId: string): Promise<ClaimedGeneration | undefined> {
  const row = (await session.get(CLAIM, generationId)) as { epoch: number; next_offset: number; conversation_id: string } | undefined;
  return row && { epoch: row.epoch, nextOffset: row.next_offset, conversationId: row.conversation_id };
}

export async function listRunning(session: PostgresSession): Promise<string[]> {
  return ((await session.all('SELECT id FROM generations WHERE closed = 0 ORDER BY key')) as { readonly id: string }[]).map(({ id }) => id);
}

export async function findOrigin(session: PostgresSession, conversationId: string, answerId: string): Promise<AnswerOrigin | undefined> {
  if (await isHidden(session, conversationId)) return undefined;
  const row = (await session.get(ORIGIN, answerId, conversationId)) as
    | { readonly question_id: string; readonly model: string | null; readonly task: string }
    | undefined;
  return row && { questionId: row.question_id, model: row.model ?? undefined, task: row.task };
}
