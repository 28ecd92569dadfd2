import type { MessageView, Receipt } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { attemptWords, receiptRows, toStretches } from './receipt-facts.ts';

const RECEIPT: Receipt = {
  model: 'mistral:latest',
  engine: 'ollama',
  requested_model: 'mistral:latest',
  task: 'chat',
  started_at: '2026-11-24T09:12:16Z',
  queue_ms: 400,
  load_ms: 0,
  first_token_ms: 800,
  reasoning_ms: 4100,
  reasoning_tokens: 96,
  total_ms: 15_000,
  prompt_tokens: 412,
  completion_tokens: 290,
  tokens_per_second: 20,
  attempts: [],
  seams: [],
};
const MESSAGE: MessageView = {
  id: 'a',
  parent_id: 'q',
  role: 'assistant',
  content: 'x',
  created_at: '2026-11-24T09:12:31Z',
  state: 'complete',
};

function valueOf(label: string, receipt: Receipt = RECEIPT, message: MessageView = MESSAGE): string | undefined {
  return receiptRows(message, receipt).find((row) => row.label === label)?.value;
}

describe('the receipt of an answer', () => {
  it('says where its time went, and no time twice', () => {
    const stretches = toStretches(RECEIPT);
    expect(stretches.map(({ kind }) => kind)).toEqual(['queue', 'read', 'think', 'write']);
    expect(stretches.reduce((sum, { ms }) => sum + ms, 0)).toBe(RECEIPT.total_ms);
    expect(valueOf('Loading')).toBe('none, it was ready');
    expect(valueOf('Thinking, 96 tokens')).toBe('4.1 s');
    expect(valueOf('Answering, 194 tokens')).toBe('9.7 s');
  });

  it('leaves out what nobody knows, rather than say 0', () => {
    const { first_token_ms: _, tokens_per_second: _rate, reasoning_ms: _think, reasoning_tokens: _thought, ...unknown } = RECEIPT;
    const labels = receiptRows(MESSAGE, unknown).map(({ label }) => label);
    expect(labels.filter((label) => /Reading|Speed|Thinking/.test(label))).toEqual([]);
  });

  it('says how it ended', () => {
    expect(valueOf('Finished')).toBe('by itself');
    expect(valueOf('Finished', RECEIPT, { ...MESSAGE, finish_reason: 'length' })).toBe('at the limit of tokens');
    expect(valueOf('Finished', RECEIPT, { ...MESSAGE, state: 'interrupted' })).toBe('cut off, the server stopped');
  });

  it('names every try with its reason', () => {
    const attempt = {
      model: 'm:latest',
      engine: 'box',
      outcome: 'failed' as const,
      code: 'engine_died',
      detail: 'exit 137',
      duration_ms: 2300,
    };
    expect(attemptWords(attempt)).toBe('m:latest on box: engine_died after 2.3 s; exit 137');
    expect(attemptWords({ ...attempt, outcome: 'finished', continued: true })).toContain('went on from the text before it');
  });
});
