import type { ClaimedGeneration, EndResult, GenerationEnding } from '@pilotlight/chat';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';

import type { Tables } from './begin.ts';
import { readConversation } from './conversations.ts';
import type { Schema } from './schema.ts';

/** `ChatStore.claim`, within a transaction. */
export async function claim(db: Kysely<Schema>, generationId: string): Promise<ClaimedGeneration | undefined> {
  const generation = await db
    .updateTable('generations')
    .set({ epoch: sql<number>`epoch + 1` })
    .where('id', '=', generationId)
    .where('closed', '=', 0)
    .returning(['epoch', 'next_offset', 'conversation_id'])
    .executeTakeFirst();
  return generation && { epoch: generation.epoch, nextOffset: generation.next_offset, conversationId: generation.conversation_id };
}

/** `ChatStore.end`, within a transaction. */
export async function end({ db, log }: Tables, { group, answer, atMs }: GenerationEnding): Promise<EndResult> {
  const outcome = log.append(group);
  if (outcome !== 'stored') return { outcome };
  const generation = await db
    .updateTable('generations')
    .set({ closed: 1, ended_ms: atMs })
    .where('id', '=', group.generationId)
    .returning(['answer_id', 'conversation_id'])
    .executeTakeFirstOrThrow();
  await db
    .updateTable('messages')
    .set({
      content: answer.content,
      reasoning: answer.reasoning ?? null,
      state: answer.state,
      model: answer.model ?? null,
      finish_reason: answer.finishReason ?? null,
      receipt: answer.receipt === undefined ? null : JSON.stringify(answer.receipt),
      error: answer.error === undefined ? null : JSON.stringify(answer.error),
    })
    .where('id', '=', generation.answer_id)
    .execute();
  await db.updateTable('conversations').set({ updated_ms: atMs }).where('id', '=', generation.conversation_id).execute();
  const conversation = await readConversation(db, generation.conversation_id);
  if (conversation === undefined) throw new Error('a generation stands in no conversation');
  return { outcome: 'ended', conversation };
}

/** `ChatStore.running`. */
export async function toRunning(db: Kysely<Schema>): Promise<string[]> {
  const rows = await db
    .selectFrom('generations')
    .select('id')
    .where(sql<boolean>`closed = 0`)
    .orderBy('key')
    .execute();
  return rows.map(({ id }) => id);
}
