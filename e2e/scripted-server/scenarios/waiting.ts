import type { ModelView, PhasePart } from '@pilotlight/contract';

import {
  ago,
  CODELLAMA,
  conversation,
  MISTRAL,
  model,
  phase,
  PHI,
  picture,
  PILOT,
  question,
  runningAnswer,
  start,
  type Scenario,
} from '../scenario.ts';
import { OTHER_CHATS } from './others.ts';
import { WAL_TALK } from './talk.ts';

interface Wait {
  readonly part: PhasePart | undefined;
  /** What was said before it. */
  readonly before?: PhasePart;
  readonly model: ModelView;
  readonly others?: readonly ModelView[];
}

/** A second question whose answer waits for its model. */
function waiting({ part, before, model: wanted, others = [MISTRAL, PILOT, PHI] }: Wait): Scenario {
  const asked = question('q-2', 'Now add a test that kills the process in the middle of a write.', {
    parent_id: 'a-1',
    created_at: ago(9),
  });
  return {
    models: picture([wanted, ...others.filter(({ name }) => name !== wanted.name)]),
    conversations: [
      conversation('c-1', 'WAL mode and readers', [...WAL_TALK, asked, runningAnswer('a-2', 'q-2', wanted.name)]),
      ...OTHER_CHATS,
    ],
    logs: { 'g-a-2': [start('a-2', wanted.name), ...(before === undefined ? [] : [before]), ...(part === undefined ? [] : [part])] },
    open: 'c-1',
  };
}

const BASIS = 'the median of the last 5 loads';
const loading = (change: Partial<ModelView>): ModelView => ({ ...CODELLAMA, phase: 'loading', since: ago(8), ...change });

export const WAITING: Readonly<Record<string, Scenario>> = {
  loading: waiting({
    model: loading({ progress: 0.41, eta: { seconds: 12, basis: BASIS } }),
    part: phase({ phase: 'loading', model: 'codellama:latest', progress: 0.41, eta: { seconds: 12, basis: BASIS } }),
  }),
  'loading-unmeasured': waiting({
    model: loading({ eta: { seconds: 12, basis: BASIS } }),
    part: phase({ phase: 'loading', model: 'codellama:latest', eta: { seconds: 12, basis: BASIS } }),
  }),
  'loading-first': waiting({
    model: model('gemma2:9b', { phase: 'loading', since: ago(11), size_bytes: 5.4e9, metrics: { answers: 0, failures: 0, loads: 0 } }),
    part: phase({ phase: 'loading', model: 'gemma2:9b', since: ago(11) }),
  }),
  'loading-overrun': waiting({
    model: loading({ progress: 0.72, since: ago(34), eta: { seconds: 8, basis: BASIS } }),
    before: phase({ phase: 'loading', model: 'codellama:latest', since: ago(34), eta: { seconds: 20, basis: BASIS } }),
    part: phase({
      phase: 'loading',
      model: 'codellama:latest',
      progress: 0.72,
      since: ago(34),
      eta: { seconds: 0, basis: BASIS },
      reason: 'The disk reads 96 MB/s today instead of 280',
    }),
  }),
  warming: waiting({ model: loading({ phase: 'warming' }), part: phase({ phase: 'warming', model: 'codellama:latest' }) }),
  queued: waiting({
    model: { ...MISTRAL, phase: 'busy', ready: true, active: 1, queued: 2 },
    part: phase({
      phase: 'queued',
      model: 'mistral:latest',
      position: 2,
      eta: { seconds: 40, basis: 'median of the last 20 waits' },
      reason: 'Ahead of you: an answer for “Recipe for 40 people”',
    }),
  }),
  reading: waiting({
    model: { ...MISTRAL, phase: 'busy', ready: true },
    part: phase({
      phase: 'reading',
      model: 'mistral:latest',
      tokens_done: 5120,
      tokens_total: 7310,
      since: ago(5.8),
      eta: { seconds: 2, basis: 'at the speed of this prompt so far' },
    }),
  }),
  retrying: waiting({
    model: { ...MISTRAL, phase: 'busy', ready: true },
    part: phase({
      phase: 'retrying',
      model: 'mistral:latest',
      reason: 'The engine closed the connection before the first token; second of 6 tries',
    }),
  }),
  summarising: waiting({
    model: { ...MISTRAL, phase: 'busy', ready: true },
    part: phase({
      phase: 'summarising',
      model: 'mistral:latest',
      reason: '14 older messages do not fit into the window of 8,192; a summary takes their place',
    }),
  }),
  pulling: waiting({
    model: model('gemma2:9b', { phase: 'downloading', since: ago(70), size_bytes: 5.4e9, progress: 0.63 }),
    part: phase({ phase: 'downloading', model: 'gemma2:9b', progress: 0.63, reason: '3.4 of 5.4 GB at 8.6 MB/s' }),
  }),
  sent: waiting({ model: CODELLAMA, part: undefined }),
  'making-room': waiting({
    model: { ...CODELLAMA, phase: 'cold' },
    part: phase({ phase: 'unloading', model: 'mistral:latest', reason: 'mistral:latest makes room for codellama:latest' }),
  }),
};
