import {
  ago,
  answer,
  CODELLAMA,
  conversation,
  failure,
  MISTRAL,
  phase,
  picture,
  PILOT,
  question,
  receipt,
  runningAnswer,
  start,
  finish,
  type Scenario,
} from '../scenario.ts';
import { OTHER_CHATS } from './others.ts';
import { LOG_TEXT, TABLE_TALK, WAL_TALK } from './talk.ts';

const BUSY = { ...MISTRAL, phase: 'busy', active: 1 } as const;
const ASKED = question('q-2', 'Explain the write-ahead log to someone who knows files but not databases.', {
  parent_id: 'a-1',
  created_at: ago(20),
});

function running(parts: Scenario['logs'][string]): Scenario {
  return {
    models: picture([BUSY, PILOT, CODELLAMA]),
    conversations: [
      conversation('c-1', 'WAL mode and readers', [...WAL_TALK, ASKED, runningAnswer('a-2', 'q-2', 'mistral:latest')]),
      ...OTHER_CHATS,
    ],
    logs: { 'g-a-2': [start('a-2', 'mistral:latest'), ...parts] },
    open: 'c-1',
  };
}

const ANSWERING = phase({ phase: 'answering', model: 'mistral:latest' });
const CODE = `The function opens the file and applies the settings:

\`\`\`ts
export function openForServer(file: string) {
  const db = new Database(file)
  db.pragma('journal_mode = WAL')
  db.pra`;
const CODE_END = `gma('synchronous = FULL')
  return db
}
\`\`\`

Call it once at the start.
`;
const SEAM = { from: 'mistral:latest', to: 'codellama:latest', reason: 'mistral:latest gave no tokens for 22 s' };

export const ANSWERING_SCENARIOS: Readonly<Record<string, Scenario>> = {
  answering: running([ANSWERING, { type: 'text', text: LOG_TEXT }]),
  'held-back': { ...running([ANSWERING, { type: 'text', text: LOG_TEXT.slice(0, 900) }]), isHeldBack: true },
  thinking: running([ANSWERING, { type: 'reasoning', text: 'Two audiences at once. A book with correction slips may do.' }]),
  stalled: running([
    ANSWERING,
    { type: 'text', text: 'The turn has to be given back by whoever asked for it, because' },
    phase({
      phase: 'stalled',
      model: 'mistral:latest',
      since: ago(22),
      reason: 'Usually there is a token every 50 ms; in 8 s this counts as broken off',
    }),
  ]),
  seam: {
    models: picture([
      { ...MISTRAL, phase: 'wedged', ready: false, reason: 'In memory, but one token asked for at 09:20 had not come after 20 s.' },
      { ...CODELLAMA, phase: 'ready', ready: true },
      PILOT,
    ]),
    conversations: [
      conversation('c-1', 'WAL mode and readers', [
        ...TABLE_TALK,
        question('q-2', 'Write that as a function in TypeScript.', { parent_id: 'a-1', created_at: ago(990) }),
        answer('a-2', 'q-2', {
          model: 'codellama:latest',
          content: 'whole',
          receipt: receipt({ model: 'codellama:latest', tokens_per_second: 16, first_token_ms: 400, prompt_tokens: 1391, seams: [SEAM] }),
        }),
      ]),
      ...OTHER_CHATS,
    ],
    logs: {
      'g-a-2': [
        start('a-2', 'mistral:latest'),
        {
          type: 'text',
          text: 'Here is a small function that opens the file and applies the three settings. It belongs in one place, because a second connection with other settings would',
        },
        { type: 'seam', ...SEAM },
        {
          type: 'text',
          text: "undo what the first one chose:\n\n```ts\nimport Database from 'better-sqlite3'\n\nexport function openForServer(file: string) {\n  const db = new Database(file)\n  db.pragma('journal_mode = WAL')\n  db.pragma('synchronous = FULL')\n  db.pragma('busy_timeout = 5000')\n  return db\n}\n```\n\nCall it once at the start and pass `db` to whoever needs it.\n",
        },
        finish({
          receipt: receipt({ model: 'codellama:latest', tokens_per_second: 16, first_token_ms: 400, prompt_tokens: 1391, seams: [SEAM] }),
        }),
      ],
    },
    open: 'c-1',
  },
  'seam-in-code': {
    ...running([ANSWERING, { type: 'text', text: CODE }, { type: 'seam', ...SEAM }, { type: 'text', text: CODE_END }]),
    models: picture([
      { ...MISTRAL, phase: 'failed', ready: false, since: ago(20), reason: 'Gave no tokens.' },
      { ...CODELLAMA, ...BUSY, name: 'codellama:latest' },
      PILOT,
    ]),
  },
  versions: {
    models: picture([MISTRAL, PILOT]),
    conversations: [
      conversation('c-1', 'WAL mode and readers', [
        ...WAL_TALK,
        answer('a-1b', 'q-1', { content: 'Because the writer appends to a log.', created_at: ago(1000) }),
        answer('a-1c', 'q-1', {
          content: 'Because readers keep to the snapshot they began with; the writer appends to a log beside it.',
          created_at: ago(900),
          receipt: receipt({ first_token_ms: 64, tokens_per_second: 8.4, load_ms: 8200 }),
        }),
      ]),
      ...OTHER_CHATS,
    ],
    logs: {},
    open: 'c-1',
  },
};

const KEPT = `The log shows the second writer asking for its turn while the first still holds it, and nobody giving it back:

\`\`\`log
14:01:07.113 writer-2 waits for turn 41
14:01:07.114 writer-1 aborted before its first part
14:01:37.115 writer-2 timed out after 30 s
\`\`\`

A writer that is aborted *before* it sends anything never runs its cleanup. So the turn has to be given back by whoever`;

function ended(change: Parameters<typeof answer>[2], models = picture([MISTRAL, PILOT, CODELLAMA])): Scenario {
  const name = change?.model ?? 'mistral:latest';
  return {
    models,
    conversations: [
      conversation('c-2', 'Refactor the queue tests', [
        question('q-1', 'The test for two writers hangs about one time in twenty. Here is the log.'),
        answer('a-1', 'q-1', {
          receipt: change?.content === '' ? nothingWritten(name) : receipt({ model: name, first_token_ms: 1900, prompt_tokens: 7310 }),
          ...change,
        }),
      ]),
      ...OTHER_CHATS.filter(({ id }) => id !== 'c-2'),
    ],
    logs: {},
    open: 'c-2',
  };
}

/** Of an answer that ended before its first token. */
function nothingWritten(name: string): ReturnType<typeof receipt> {
  const {
    first_token_ms: _first,
    prompt_tokens: _prompt,
    completion_tokens: _written,
    tokens_per_second: _speed,
    ...rest
  } = receipt({ model: name });
  return rest;
}

const { type: _, ...died } = failure({
  code: 'engine_died',
  title: 'The engine’s process ended',
  detail: 'The process of mistral:latest was ended by the system (signal SIGKILL) at 09:30.',
  remedy: 'What was written is kept. The model loads again with the next message.',
});
const { type: __, ...absent } = failure({
  code: 'model_not_found',
  title: 'There is no such model',
  detail: 'Neither the built-in engine nor Ollama has codelama:latest.',
  remedy: 'Pick one of the models there are.',
});
const { type: ___, ...memory } = failure({
  code: 'model_out_of_memory',
  title: 'The model did not fit into memory',
  detail: 'qwen2.5:14b needs 13.1 GB with a context of 32,768; 9.7 GB were free.',
  remedy: 'Unload another model, or pick a smaller one.',
});

export const ENDED: Readonly<Record<string, Scenario>> = {
  interrupted: ended({
    content: KEPT,
    state: 'interrupted',
    error: {
      code: 'interrupted',
      title: 'The server stopped while this was being written',
      detail: 'It was started again at 09:03.',
      remedy: 'What was written is kept. Ask again to get a whole one.',
    },
  }),
  stopped: ended({ content: KEPT, state: 'stopped', finish_reason: 'stopped' }),
  'stopped-early': ended({ content: '', state: 'stopped', finish_reason: 'stopped' }),
  length: ended({ content: KEPT, finish_reason: 'length' }),
  cut: ended({ content: KEPT, state: 'failed', error: died }),
  'engine-died': ended(
    { content: '', state: 'failed', error: died },
    picture([{ ...MISTRAL, phase: 'failed', ready: false, since: ago(90), reason: 'Its process was ended by the system.' }, PILOT]),
  ),
  'model-absent': ended({ content: '', state: 'failed', model: 'codelama:latest', error: absent }),
  'out-of-memory': ended({ content: '', state: 'failed', model: 'qwen2.5:14b', error: memory }),
};
