import type { StreamPart } from '@pilotlight/contract';
import { createManualClock } from '@pilotlight/test-kit';
import { expect, it } from 'vitest';

import { createReceiptTally } from './receipt-tally.ts';

function phase(name: 'queued' | 'loading' | 'warming' | 'answering'): StreamPart {
  return { type: 'phase', phase: name, model: 'mistral:latest', reason: 'x', since: '2026-01-01T00:00:00.000Z' };
}

it('counts waiting, loading, and the way to the first token apart', async () => {
  const clock = createManualClock();
  const tally = createReceiptTally({ clock, task: 'chat', requestedModel: 'mistral', engineOf: (model) => `engine of ${model}` });
  await clock.advance(5);
  tally.observe(phase('queued'));
  await clock.advance(100);
  tally.observe(phase('loading'));
  await clock.advance(30);
  tally.observe(phase('warming'));
  await clock.advance(20);
  tally.observe(phase('answering'));
  await clock.advance(7);
  tally.observe({ type: 'text', text: 'Hi' });
  await clock.advance(1000);
  tally.observe({ type: 'text', text: '!' });
  const expected = {
    model: 'mistral:latest',
    engine: 'engine of mistral:latest',
    requested_model: 'mistral',
    task: 'chat',
    started_at: '2026-01-01T00:00:00.000Z',
    queue_ms: 100,
    load_ms: 50,
    first_token_ms: 162,
    total_ms: 1162,
    attempts: [{ model: 'mistral:latest', engine: 'engine of mistral:latest', outcome: 'stopped', duration_ms: 1162 }],
    seams: [],
  };
  expect(tally.stopped()).toEqual(expected);
  expect(tally.stopped()).toEqual(expected);
});

it('knows of a load that was given up in the middle, and leaves out what never came', async () => {
  const clock = createManualClock();
  const tally = createReceiptTally({ clock, task: 'chat', requestedModel: undefined, engineOf: () => undefined });
  tally.observe(phase('loading'));
  await clock.advance(40);
  const receipt = tally.stopped();
  expect(receipt).toMatchObject({ load_ms: 40, total_ms: 40, engine: 'unknown' });
  expect(receipt).not.toHaveProperty('first_token_ms');
});

it('gives no more digits than a clock knows', () => {
  const times = [1_000.000_000_1, 1_026.220_166_000_013_7, 1_031.05];
  const clock = { ...createManualClock(), now: () => 0, monotonic: () => times.shift() ?? 1_040.019 };
  const tally = createReceiptTally({ clock, task: 'chat', requestedModel: undefined, engineOf: () => 'e' });
  tally.observe({ type: 'text', text: 'Hi' });
  const { first_token_ms, total_ms } = tally.stopped();
  for (const ms of [first_token_ms ?? 0.01, total_ms]) expect(String(ms)).toMatch(/^\d+(\.\d)?$/);
});
