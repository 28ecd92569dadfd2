import type { MessageView } from '@pilotlight/contract';

import { ago, answer, question, receipt } from '../scenario.ts';

export const WAL_ANSWER = `A reader sees the database as it was when its transaction began. The writer does not touch those pages: it appends new versions to a second file, \`app.db-wal\`, and readers that started earlier do not look past their mark.

- **Readers never wait for the writer**, and the writer never waits for readers.
- There is still **one writer at a time**. A second one waits, or fails at once if you set no timeout.

Three settings are enough for most servers:

\`\`\`sql
PRAGMA journal_mode = WAL;
PRAGMA synchronous  = FULL;   -- flush the log on every commit
PRAGMA busy_timeout = 5000;   -- wait 5 s for the writer, then fail
\`\`\`
`;

/** A first question and its answer, before what a scenario is about. */
export const WAL_TALK: readonly MessageView[] = [
  question('q-1', 'Why can readers go on while something is writing, when SQLite is in WAL mode? And what should I set on a server?'),
  answer('a-1', 'q-1', {
    content: WAL_ANSWER,
    reasoning:
      'Two questions: why readers are not blocked, and which settings. Explain the snapshot first, then the one-writer limit, then three pragmas.',
  }),
];

export const LOG_TEXT = `Think of the database as a book that many people read while one person corrects it.

### Without a log

The corrector would write into the book itself. Readers would see half a correction, so everybody has to wait until the page is done.

### With a log

The corrector leaves the book alone and writes corrections on slips of paper, each with a number:

1. A reader notes the number of the last slip when they start.
2. For each page they look whether a slip up to that number replaces it.
3. Later slips do not exist for them.

So nobody waits. From time to time, when no reader needs the old pages, the slips are copied into the book: SQLite calls that a **checkpoint**, and does it after about 1,000 pages.

> The log is not a copy of the data. It is the only place where the newest pages are, until the checkpoint.

That is also why the three files belong together: \`app.db\`, \`app.db-wal\` and \`app.db-shm\`. Copy only the first while the server`;

export const TABLE_ANSWER = `Every row below survives a crash of the program. They differ when the *machine* loses power:

| Mode | synchronous | After a power cut | Commits/s |
|---|---|---|---:|
| Rollback journal | \`FULL\` | Nothing lost | 410 |
| WAL | \`FULL\` | Nothing lost | 1,150 |
| WAL | \`NORMAL\` | The last commits may be gone | 9,800 |

If you care about losing nothing, take the second row. The [manual](https://sqlite.org/wal.html) has the details.
`;

export const TABLE_TALK: readonly MessageView[] = [
  question('q-1', 'How do the modes compare, if I care about losing nothing?', { created_at: ago(1050) }),
  answer('a-1', 'q-1', { content: TABLE_ANSWER, receipt: receipt({ tokens_per_second: 19, first_token_ms: 300, prompt_tokens: 1204 }) }),
];

const WORD = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft';

/** What breaks lines, columns and directions. */
export const MIXED_TALK: readonly MessageView[] = [
  question('q-1', `Was heißt ${WORD.repeat(2)}? وماذا تعني هذه الكلمة؟ 🇧🇪👩‍👩‍👧‍👦 https://example.org/${'a-very-long-path/'.repeat(9)}`),
  answer('a-1', 'q-1', {
    content: `${WORD.repeat(2)} ist ein **langes Wort** 🔥👩🏽‍🚒.

هذه فقرة بالعربية، وفيها \`PRAGMA journal_mode = WAL\` وكلمة English في الوسط.

1. שלום עולם
2. 日本語の長い文章は、空白がなくても行の終わりで折り返されます。これはその例です。
   - https://example.org/${'deep/'.repeat(30)}

| Datei | ${WORD.slice(0, 30)} | Größe | Zugriff | Prüfsumme |
|---|---|---:|---|---|
| \`app.db-wal\` | ${WORD.slice(0, 24)} | 1,234,567,890 | 🟢 | \`9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08\` |

\`\`\`ts
const url = 'https://example.org/${'a-very-long-path/'.repeat(8)}'; // no place to break a line
\`\`\`
`,
  }),
];
