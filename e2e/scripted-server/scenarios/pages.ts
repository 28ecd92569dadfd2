import { ago, BUILT_IN, CODELLAMA, conversation, MISTRAL, model, OLLAMA, PHI, picture, PILOT, type Scenario } from '../scenario.ts';
import { OTHER_CHATS } from './others.ts';
import { MIXED_TALK, TABLE_TALK } from './talk.ts';

const LOADING = {
  ...CODELLAMA,
  phase: 'loading',
  since: ago(8),
  progress: 0.41,
  eta: { seconds: 12, basis: 'the median of the last 5 loads' },
} as const;
const AWAY = {
  ...OLLAMA,
  reachable: false,
  reason: 'Tried http://localhost:11434 for 0.3 s: connection refused. Models of other engines can be used meanwhile.',
};

/** A machine with a card: one model whole on it, another in parts. */
function withGraphics(graphics: Partial<Scenario['models']['memory']>): Scenario['models'] {
  const view = picture([{ ...MISTRAL, gpu_bytes: 4.4e9 }, { ...CODELLAMA, phase: 'ready', ready: true, gpu_bytes: 3.1e9 }, PILOT]);
  return { ...view, memory: { ...view.memory, free_bytes: 11.1e9, ...graphics } };
}

export const PAGES: Readonly<Record<string, Scenario>> = {
  'first-run': { models: picture([PILOT], [BUILT_IN, AWAY]), conversations: [], logs: {} },
  'new-chat': { models: picture([MISTRAL, PILOT, LOADING, PHI]), conversations: OTHER_CHATS, logs: {} },
  'no-models': { models: picture([], [BUILT_IN]), conversations: [], logs: {} },
  thread: {
    models: picture([MISTRAL, PILOT]),
    conversations: [conversation('c-1', 'WAL mode and readers', TABLE_TALK), ...OTHER_CHATS],
    logs: {},
    open: 'c-1',
  },
  picker: {
    models: picture(
      [
        MISTRAL,
        LOADING,
        PILOT,
        { ...PHI, pinned: true },
        model('llama3.1:8b', { size_bytes: 5.4e9, metrics: { answers: 3, failures: 0, loads: 3, last_load_ms: 19_000 } }),
        model('qwen2.5:14b', { size_bytes: 13.1e9, phase: 'failed', since: ago(600), reason: 'Needs 13.1 GB; 9.7 GB were free.' }),
        ...['half-copied', 'not-a-model'].map((name) =>
          model(name, { engine: 'built-in', provider: 'llama.cpp', phase: 'failed', health: false, reason: 'The file ends too early.' }),
        ),
        model('gemma2:9b', {
          phase: 'ready',
          ready: true,
          size_bytes: 5.4e9,
          memory_bytes: 2.1e9,
          breaker: { state: 'open', reason: '5 failures in a row', since: ago(40), retry_at: ago(-20), failures: 5 },
        }),
        model('solar:10.7b', {
          phase: 'wedged',
          size_bytes: 6.1e9,
          memory_bytes: 1.2e9,
          reason: 'In memory, but one token asked for at 09:20 had not come after 20 s.',
        }),
        model('mixtral:8x7b', {
          phase: 'unknown',
          size_bytes: 26e9,
          memory_bytes: 0.6e9,
          reason: 'in memory, put there by another client; no token seen yet',
          notice: { text: 'Another client loaded it with a context of 4,096', at: ago(90) },
        }),
        model('gpt-oss:20b', { engine: 'box-2', provider: 'ollama', health: false, phase: 'unknown', reason: 'Last seen at 08:58.' }),
      ],
      [BUILT_IN, OLLAMA, { ...AWAY, id: 'box-2', address: 'http://box-2:11434' }],
    ),
    conversations: [conversation('c-1', 'WAL mode and readers', TABLE_TALK), ...OTHER_CHATS],
    logs: {},
    open: 'c-1',
  },
  graphics: {
    models: withGraphics({
      gpus: [{ name: 'NVIDIA GeForce RTX 3060', total_bytes: 12.9e9, free_bytes: 4.1e9, unified: false }],
    }),
    conversations: [conversation('c-1', 'WAL mode and readers', TABLE_TALK), ...OTHER_CHATS],
    logs: {},
    open: 'c-1',
  },
  'graphics-unknown': {
    models: withGraphics({ gpus_unknown: 'NVIDIA A100 is divided into parts (MIG), and which of them an engine may use cannot be told' }),
    conversations: [conversation('c-1', 'WAL mode and readers', TABLE_TALK), ...OTHER_CHATS],
    logs: {},
    open: 'c-1',
  },
  mixed: {
    models: picture([MISTRAL, PILOT]),
    conversations: [conversation('c-1', 'Donaudampfschifffahrt und 日本語', MIXED_TALK), ...OTHER_CHATS],
    logs: {},
    open: 'c-1',
  },
  missing: { models: picture([PILOT]), conversations: OTHER_CHATS, logs: {}, open: 'c-gone' },
  token: { models: picture([PILOT]), conversations: [], logs: {}, needsToken: true },
};
