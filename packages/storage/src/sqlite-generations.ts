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

import type { AttachmentTables } from './sqlite-attachments.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import type { ConversationTables } from './sqlite-conversations.ts';
import type { LogTable } from './sqlite-log.ts';

/** The life of generations. What writes runs within the caller's transaction. */
export interface GenerationTables {
  readonly begin: (beginning: Beginning) => BeginResult;
  readonly end: (ending: GenerationEnding) => EndResult;
  readonly claim: (generationId: string) => ClaimedGeneration | undefined;
  readonly running: () => string[];
  readonly origin: (conversationId: string, answerId: string) => AnswerOrigin | undefined;
}

interface Tables {
  readonly log: LogTable;
  readonly conversations: ConversationTables;
  readonly attachments: AttachmentTables;
}

const FIRST_EPOCH = 1;

export function createGenerationTables(connection: SqliteConnection, tables: Tables): GenerationTables {
  const statements = prepareStatements(connection);
  return {
    begin: (beginning) => begin({ ...tables, statements }, beginning),
    end: (ending) => end({ ...tables, statements }, ending),
    claim(generationId) {
      tables.log.settle(generationId);
      const row = statements.claim.get(generationId) as { epoch: number; next_offset: number; conversation_id: string } | undefined;
      return row && { epoch: row.epoch, nextOffset: row.next_offset, conversationId: row.conversation_id };
    },
    running: () => (statements.running.all() as { readonly id: string }[]).map(({ id }) => id),
    origin(conversationId, answerId) {
      if (tables.conversations.isHidden(conversationId)) return undefined;
      const row = statements.origin.get(answerId, conversationId) as
        | { question_id: string; model: string | null; task: string }
        | undefined;
      return row && { questionId: row.question_id, model: row.model ?? undefined, task: row.task };
    },
  };
}

type Statements = ReturnType<typeof prepareStatements>;

function prepareStatements(connection: SqliteConnection) {
  const known = 'SELECT id, question_id, answer_id, fingerprint FROM generations';
  return {
    knownByQuestion: connection.prepare(`${known} WHERE question_id = ? ORDER BY key LIMIT 1`),
    knownById: connection.prepare(`${known} WHERE id = ?`),
    message: connection.prepare('SELECT conversation_id, role, state, generation_id FROM messages WHERE id = ?'),
    runningBeside: connection.prepare(`
      SELECT g.id FROM generations g JOIN messages q ON q.id = g.question_id
      WHERE g.conversation_id = ? AND g.closed = 0 AND q.parent_id IS ? LIMIT 1`),
    runningFor: connection.prepare('SELECT id FROM generations WHERE conversation_id = ? AND closed = 0 AND question_id = ? LIMIT 1'),
    firstSystem: connection.prepare('SELECT system FROM messages WHERE conversation_id = ? ORDER BY seq LIMIT 1'),
    insertQuestion: connection.prepare(`
      INSERT INTO messages (id, conversation_id, parent_id, role, content, created_ms, system) VALUES (?, ?, ?, 'user', ?, ?, ?)`),
    insertAnswer: connection.prepare(`
      INSERT INTO messages (id, conversation_id, parent_id, role, content, created_ms, state, generation_id, continues_id)
      VALUES (?, ?, ?, 'assistant', '', ?, 'running', ?, ?)`),
    insertGeneration: connection.prepare(`
      INSERT INTO generations (id, conversation_id, question_id, answer_id, fingerprint, model, task, epoch, next_offset, closed, created_ms)
      VALUES (?, ?, ?, ?, ?, ?, ?, ${FIRST_EPOCH}, 0, 0, ?)`),
    branch: connection.prepare(`
      WITH RECURSIVE branch (id, parent_id, role, content, system, depth) AS (
        SELECT id, parent_id, role, content, system, 0 FROM messages WHERE id = ?
        UNION ALL
        SELECT m.id, m.parent_id, m.role, m.content, m.system, b.depth + 1 FROM branch b JOIN messages m ON m.id = b.parent_id
      )
      SELECT id, role, content, system, EXISTS (SELECT 1 FROM message_attachments r WHERE r.message_id = branch.id) AS has_attachments
      FROM branch ORDER BY depth DESC`),
    claim: connection.prepare(
      'UPDATE generations SET epoch = epoch + 1 WHERE id = ? AND closed = 0 RETURNING epoch, next_offset, conversation_id',
    ),
    close: connection.prepare('UPDATE generations SET closed = 1, ended_ms = ? WHERE id = ? RETURNING answer_id, conversation_id'),
    updateAnswer: connection.prepare(`
      UPDATE messages SET content = ?, reasoning = ?, state = ?, model = ?, finish_reason = ?, receipt = ?, error = ? WHERE id = ?`),
    running: connection.prepare('SELECT id FROM generations WHERE closed = 0 ORDER BY key'),
    // An answer that was imported has no generation.
    origin: connection.prepare(`
      SELECT q.id AS question_id, g.model, coalesce(g.task, 'chat') AS task
      FROM messages a JOIN messages q ON q.id = a.parent_id AND q.role = 'user' LEFT JOIN generations g ON g.answer_id = a.id
      WHERE a.id = ? AND a.conversation_id = ? AND a.role = 'assistant'`),
  };
}

interface Context extends Tables {
  readonly statements: Statements;
}

function begin(context: Context, beginning: Beginning): BeginResult {
  const { statements, conversations, attachments, log } = context;
  const { conversationId, question, answerId, generationId, firstParts, fingerprint, atMs } = beginning;
  if (conversations.isHidden(conversationId)) return { outcome: 'deleted' };
  const known = findKnown(statements, beginning);
  if (known !== undefined) return known;

  if (question.kind === 'question') {
    const former = conversations.find(conversationId);
    const parentId = question.parentId === undefined ? (former?.headId ?? null) : question.parentId;
    const refusal = refuseParent(statements, conversationId, parentId) ?? refuseAttachments(attachments, question);
    if (refusal !== undefined) return refusal;
    if (former === undefined) conversations.add({ id: conversationId, title: beginning.title, atMs, start: beginning.start });
    insertQuestion(statements, beginning, { ...question, parentId });
    attachments.refer(question.id, question.attachments ?? []);
  } else {
    const refusal = refuseQuestion(statements, conversationId, question.id);
    if (refusal !== undefined) return refusal;
  }
  const continues = question.kind === 'same_question' ? question.continues : undefined;
  statements.insertAnswer.run(answerId, conversationId, question.id, atMs, generationId, continues ?? null);
  const { model = null, task } = beginning;
  statements.insertGeneration.run(generationId, conversationId, question.id, answerId, fingerprint, model, task, atMs);
  log.writeThrough({ generationId, epoch: FIRST_EPOCH, firstOffset: 0, ...firstParts });
  conversations.touch(conversationId, atMs);
  const conversation = conversations.setHead(conversationId, answerId);
  if (conversation === undefined) throw new Error('a conversation is gone within the transaction that wrote it');
  return { outcome: 'stored', epoch: FIRST_EPOCH, conversation, branch: readBranch(context, question.id) };
}

/** Whether the request was stored before, or its id belongs to something else. */
function findKnown(statements: Statements, { question, generationId, fingerprint }: Beginning): BeginResult | undefined {
  const row = question.kind === 'question' ? statements.knownByQuestion.get(question.id) : statements.knownById.get(generationId);
  const generation = row as { id: string; question_id: string; answer_id: string; fingerprint: string } | undefined;
  if (generation === undefined) {
    const isTaken = question.kind === 'question' && statements.message.get(question.id) !== undefined;
    return isTaken ? { outcome: 'conflict' } : undefined;
  }
  if (generation.fingerprint !== fingerprint) return { outcome: 'conflict' };
  return { outcome: 'known', questionId: generation.question_id, answerId: generation.answer_id, generationId: generation.id };
}

interface MessageRow {
  readonly conversation_id: string;
  readonly role: string;
  readonly state: string | null;
  readonly generation_id: string | null;
}

function refuseParent(statements: Statements, conversationId: string, parentId: string | null): BeginResult | undefined {
  if (parentId !== null) {
    const parent = statements.message.get(parentId) as MessageRow | undefined;
    if (parent?.conversation_id !== conversationId) return { outcome: 'message_missing' };
    if (parent.state === 'running') return { outcome: 'busy', generationId: parent.generation_id ?? '' };
  }
  return toBusy(statements.runningBeside.get(conversationId, parentId));
}

function refuseQuestion(statements: Statements, conversationId: string, questionId: string): BeginResult | undefined {
  const question = statements.message.get(questionId) as MessageRow | undefined;
  if (question?.conversation_id !== conversationId || question.role !== 'user') return { outcome: 'message_missing' };
  return toBusy(statements.runningFor.get(conversationId, questionId));
}

function refuseAttachments(attachments: AttachmentTables, { attachments: ids = [] }: NewQuestion): BeginResult | undefined {
  const there = new Set(attachments.attachments(ids).map(({ id }) => id));
  const id = ids.find((wanted) => !there.has(wanted));
  return id === undefined ? undefined : { outcome: 'attachment_missing', id };
}

function toBusy(row: unknown): BeginResult | undefined {
  return row === undefined ? undefined : { outcome: 'busy', generationId: (row as { readonly id: string }).id };
}

function insertQuestion(statements: Statements, { conversationId, atMs }: Beginning, question: NewQuestion): void {
  const { id, text, parentId = null, system } = question;
  const first =
    parentId === null ? (statements.firstSystem.get(conversationId) as { readonly system: string | null } | undefined) : undefined;
  statements.insertQuestion.run(id, conversationId, parentId, text, atMs, system ?? first?.system ?? null);
}

interface BranchRow extends Pick<BranchMessage, 'id' | 'role' | 'content'> {
  readonly system: string | null;
  readonly has_attachments: number;
}

function readBranch({ statements, attachments }: Context, questionId: string): BranchMessage[] {
  return (statements.branch.all(questionId) as BranchRow[]).map(({ id, role, content, system, has_attachments: hasAttachments }) => ({
    id,
    role,
    content,
    system: system ?? undefined,
    attachments: hasAttachments === 1 ? attachments.ofMessage(id) : [],
  }));
}

function end({ statements, log, conversations }: Context, { group, answer, atMs }: GenerationEnding): EndResult {
  const outcome = log.writeThrough(group);
  if (outcome !== 'stored') return { outcome };
  const ids = statements.close.get(atMs, group.generationId) as { readonly answer_id: string; readonly conversation_id: string };
  const { content, reasoning = null, state, model = null, finishReason = null } = answer;
  statements.updateAnswer.run(content, reasoning, state, model, finishReason, toJson(answer.receipt), toJson(answer.error), ids.answer_id);
  conversations.touch(ids.conversation_id, atMs);
  const conversation = conversations.findAny(ids.conversation_id);
  if (conversation === undefined) throw new Error('a generation stands in no conversation');
  return { outcome: 'ended', conversation };
}

function toJson(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
