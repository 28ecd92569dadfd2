import type { Generated } from 'kysely';

/** The tables as Kysely knows them. Times are milliseconds since 1970. Columns named `receipt` and `error` hold JSON. */
export interface Schema {
  conversations: {
    id: string;
    title: string;
    created_ms: number;
    updated_ms: number;
    head_id: string | null;
  };
  messages: {
    /** The order in which they were stored. */
    seq: Generated<number>;
    id: string;
    conversation_id: string;
    parent_id: string | null;
    role: 'user' | 'assistant';
    content: string;
    created_ms: number;
    /** Of questions: the system prompt from here on, and what makes a repeated post the same. */
    system: string | null;
    fingerprint: string | null;
    /** Of answers. */
    state: 'running' | 'complete' | 'stopped' | 'failed' | 'interrupted' | null;
    generation_id: string | null;
    reasoning: string | null;
    model: string | null;
    finish_reason: string | null;
    receipt: string | null;
    error: string | null;
  };
  generations: {
    key: Generated<number>;
    id: string;
    conversation_id: string;
    question_id: string;
    answer_id: string;
    fingerprint: string;
    model: string | null;
    task: string;
    epoch: number;
    next_offset: number;
    closed: number;
    created_ms: number;
    ended_ms: number | null;
  };
  generation_log: {
    generation_key: number;
    first_offset: number;
    count: number;
    parts: string;
  };
}
