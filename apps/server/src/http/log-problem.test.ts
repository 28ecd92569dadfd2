import { Problem } from '@pilotlight/contract';
import { expect, test } from 'vitest';

import type { WriteLog } from '../log/log-events.ts';
import { logProblem } from './log-problem.ts';

const PROMPT = 'my secret prompt';

function logged(problem: Problem): string {
  const lines: unknown[] = [];
  const log: WriteLog = (...line) => void lines.push(line);
  logProblem(log, problem, { method: 'POST', path: '/api/chat/message', requestId: 'r1' });
  return JSON.stringify(lines);
}

test('an engine that repeats the prompt in its refusal does not bring it into the log', () => {
  const problem = new Problem('invalid_request', `cannot parse "${PROMPT}"`, { source: 'upstream' });
  expect(logged(problem)).toContain('invalid_request');
  expect(logged(problem)).not.toContain(PROMPT);
});

test('what a client did wrong here is logged with its detail, and so is a failure of ours', () => {
  expect(logged(new Problem('invalid_request', 'limit: at most 200'))).toContain('limit: at most 200');
  expect(logged(new Problem('storage_unavailable', 'the disk is full'))).toContain('the disk is full');
});
