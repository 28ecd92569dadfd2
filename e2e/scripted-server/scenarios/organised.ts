import type { Attachment, ContextReceipt, ModelPlan, Preset, StorageView } from '@pilotlight/contract';

import {
  ago,
  answer,
  conversation,
  failure,
  finish,
  MISTRAL,
  model,
  picture,
  PILOT,
  question,
  receipt,
  start,
  type Scenario,
} from '../scenario.ts';
import { OTHER_CHATS } from './others.ts';
import { TABLE_ANSWER, TABLE_TALK, WAL_ANSWER, WAL_TALK } from './talk.ts';

const CONTEXT: ContextReceipt = {
  policy: 'drop_oldest',
  tokens: 1391,
  total_tokens: 1391,
  basis: 'exact',
  window: 8192,
  reserve: 2048,
  messages: 3,
};
const FULL = receipt({
  queue_ms: 400,
  first_token_ms: 800,
  reasoning_ms: 4100,
  reasoning_tokens: 96,
  total_ms: 15_000,
  completion_tokens: 290,
  context_length: 8192,
  requested_model: 'mistral:latest',
  context: CONTEXT,
});
const NOTES: Attachment = {
  id: 'f-1',
  name: 'deploy-notes.md',
  kind: 'text',
  media_type: 'text/markdown',
  bytes: 18_400,
  characters: 18_122,
};
const PAPER: Attachment = {
  id: 'f-2',
  name: 'write-ahead-logging.pdf',
  kind: 'pdf',
  media_type: 'application/pdf',
  bytes: 1_240_000,
  characters: 48_000,
  pages: 14,
};
const PLOT: Attachment = {
  id: 'f-3',
  name: 'commits-per-second.png',
  kind: 'image',
  media_type: 'image/png',
  bytes: 212_000,
  width: 1280,
  height: 720,
};
const PRESETS: readonly Preset[] = [
  {
    id: 'p-1',
    name: 'Brief and exact',
    system: 'Answer in at most three sentences.',
    options: { temperature: 0.2 },
    created_at: ago(9000),
    updated_at: ago(9000),
  },
  { id: 'p-2', name: 'Stories', options: { temperature: 1.1, top_p: 0.95 }, created_at: ago(9000), updated_at: ago(9000) },
];
const READ_ONLY: StorageView = {
  state: 'read_only',
  since: ago(120),
  code: 'storage_full',
  reason: 'The disk of the data folder is full.',
  remedy: 'Free space on the disk of the data folder. Messages are taken again within seconds of that, without a restart.',
  path: '/var/lib/pilotlight',
  free_bytes: 12_000_000,
  needed_bytes: 67_000_000,
};
const PLAN: ModelPlan = {
  model: 'qwen2.5:14b',
  engine: 'ollama',
  verdict: 'never',
  reason: 'It needs 13.1 GB; 9.7 GB are free.',
  unload: [],
  pinned: [],
  would_fit: [
    { type: 'other_model', model: 'mistral:latest', needs_bytes: 4.4e9 },
    { type: 'shorter_context', context_length: 8192, needs_bytes: 8.9e9 },
  ],
};

const measured = { ...WAL_TALK[1]!, receipt: FULL };
const thread = (
  messages: Parameters<typeof conversation>[2],
  change: Parameters<typeof conversation>[3] = {},
): Scenario['conversations'] => [conversation('c-1', 'WAL mode and readers', messages, change), ...OTHER_CHATS];
const models = picture([MISTRAL, PILOT]);
const basic = { models, logs: {}, open: 'c-1' } as const;

export const ORGANISED: Readonly<Record<string, Scenario>> = {
  panel: { ...basic, conversations: thread([WAL_TALK[0]!, measured]), presets: PRESETS, context: usage() },
  settings: {
    ...basic,
    conversations: thread([WAL_TALK[0]!, measured], {
      settings: { system: 'Answer in at most three sentences.', options: { temperature: 0.2 } },
    }),
    presets: PRESETS,
  },
  organised: {
    ...basic,
    conversations: [
      conversation('c-1', 'WAL mode and readers', [WAL_TALK[0]!, measured], { pinned: true }),
      conversation('c-20', 'Deploy notes for the small box', TABLE_TALK, { folder: 'Work', updated_at: ago(400) }),
      conversation('c-21', 'Queue tests', TABLE_TALK, { folder: 'Work', updated_at: ago(900) }),
      conversation('c-22', 'Sourdough', TABLE_TALK, { folder: 'Home', updated_at: ago(1900) }),
      conversation('c-23', 'Old plans', TABLE_TALK, { archived: true, updated_at: ago(90_000) }),
      ...OTHER_CHATS,
    ],
  },
  attached: {
    ...basic,
    conversations: thread([
      question('q-1', 'What do these say about checkpoints?', { attachments: [NOTES, PAPER, PLOT] }),
      answer('a-1', 'q-1', { content: TABLE_ANSWER, receipt: FULL }),
    ]),
    context: usage(),
  },
  continued: {
    ...basic,
    conversations: thread([
      WAL_TALK[0]!,
      answer('a-0', 'q-1', { content: WAL_ANSWER.slice(0, 420), state: 'stopped', finish_reason: 'stopped' }),
      answer('a-1', 'q-1', {
        content: WAL_ANSWER,
        continues: 'a-0',
        receipt: receipt({
          seams: [{ from: 'mistral:latest', to: 'mistral:latest', reason: 'continued on request: the answer was stopped' }],
        }),
      }),
    ]),
    logs: {
      'g-a-1': [
        start('a-1', 'mistral:latest'),
        { type: 'text', text: WAL_ANSWER.slice(0, 420) },
        { type: 'seam', from: 'mistral:latest', to: 'mistral:latest', reason: 'continued on request: the answer was stopped' },
        { type: 'text', text: WAL_ANSWER.slice(420) },
        finish(),
      ],
    },
  },
  'left-out': {
    ...basic,
    conversations: thread([
      WAL_TALK[0]!,
      {
        ...measured,
        receipt: {
          ...FULL,
          context: {
            ...CONTEXT,
            tokens: 3900,
            total_tokens: 11_200,
            left_out: { messages: 14, tokens: 7300, first_id: 'q-1', last_id: 'q-1' },
          },
        },
      },
    ]),
    context: { ...usage(), tokens: 11_260, fits: false, left_out: { messages: 14, tokens: 7300, first_id: 'q-1', last_id: 'q-1' } },
  },
  'nearly-full': { ...basic, conversations: thread([WAL_TALK[0]!, measured]), context: { ...usage(), tokens: 8020 } },
  unusable: {
    ...basic,
    models: picture([
      MISTRAL,
      model('mixtral:8x7b', { phase: 'unknown', size_bytes: 26e9, reason: 'in memory, put there by another client; no token seen yet' }),
      model('codellama:latest', { phase: 'failed', since: ago(600), reason: 'Its process ended.' }),
      ...['half-copied', 'not-a-model'].map((name) =>
        model(name, { engine: 'built-in', provider: 'llama.cpp', phase: 'failed', health: false, reason: 'The file ends too early.' }),
      ),
    ]),
    conversations: thread([WAL_TALK[0]!, measured]),
  },
  'read-only': { ...basic, conversations: thread([WAL_TALK[0]!, measured]), storage: READ_ONLY },
  'does-not-fit': {
    ...basic,
    models: picture([MISTRAL, PILOT, model('qwen2.5:14b', { size_bytes: 13.1e9 })]),
    conversations: thread([
      WAL_TALK[0]!,
      answer('a-1', 'q-1', {
        state: 'failed',
        model: 'qwen2.5:14b',
        error: {
          code: 'model_too_large',
          title: 'The model does not fit into the memory there is',
          detail: 'It needs 13.1 GB; 9.7 GB are free.',
          remedy: 'Pick a smaller model or a shorter context.',
        },
        receipt: toUnloaded(receipt({ model: 'qwen2.5:14b' })),
      }),
    ]),
    logs: {
      'g-a-1': [
        start('a-1', 'qwen2.5:14b'),
        failure({ code: 'model_too_large', title: 'The model does not fit into the memory there is' }),
      ],
    },
    plan: PLAN,
  },
  temporary: {
    ...basic,
    conversations: [conversation('c-1', 'A secret plan', [WAL_TALK[0]!, measured], { temporary: true }), ...OTHER_CHATS],
  },
};

/** Of an answer whose model never came into memory. */
function toUnloaded(whole: ReturnType<typeof receipt>): ReturnType<typeof receipt> {
  const { first_token_ms: _first, prompt_tokens: _prompt, completion_tokens: _written, tokens_per_second: _speed, ...rest } = whole;
  return rest;
}

function usage(): NonNullable<Scenario['context']> {
  return {
    model: 'mistral:latest',
    tokens: 1391,
    basis: 'exact',
    window: 8192,
    window_basis: 'as it is loaded',
    messages: 2,
    policy: 'drop_oldest',
    policy_origin: 'server',
    fits: true,
  };
}
