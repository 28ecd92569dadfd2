import type { FakeModel, Fault } from '@pilotlight/test-kit';

/** Whose wire: Ollama's own API, or that of OpenAI. */
export type Wire = 'ollama' | 'v1';

/** One way in which an answer can go wrong or end, as it was seen of engines; what follows is what a client of the server has to see. */
export interface StreamEnd {
  readonly row: string;
  readonly on: readonly Wire[];
  readonly fault: Omit<Fault, 'model'>;
  readonly model?: Partial<FakeModel>;
  /** Said in place of a count to sixty. */
  readonly whole?: string;
  /** What broke it, by wire where that is not the same. */
  readonly code: string | Readonly<Record<Wire, string>>;
  /** In the words that people read. */
  readonly words: RegExp;
  /** So much of the text was shown before; absent where the connection takes away what is on its way. */
  readonly shown?: string;
  /** `seam`: whole where the model goes on from beginnings, told where it does not. `retry`: nothing was shown, and another try is whole. `told`: told in any case. */
  readonly end: 'seam' | 'retry' | 'told';
}

export const WHOLE = countTo(60);

function countTo(last: number): string {
  return Array.from({ length: last }, (_, index) => `${index + 1}`).join(' ');
}

const BOTH: readonly Wire[] = ['ollama', 'v1'];
const ENDLESS = { times: 1_000 };
const HA = Array.from({ length: 40 }, () => 'ha').join(' ');

/** Those that end by themselves. */
export const QUICK_ENDS: readonly StreamEnd[] = [
  {
    row: 'the runner is killed in the middle: an error line, or an empty chunk of no model; a clean end of HTTP',
    on: BOTH,
    fault: { kind: 'runner-dies', after: 20 },
    code: { ollama: 'engine_died', v1: 'answer_cut' },
    words: /runner of .* ended|ended without its end marker/,
    shown: countTo(20),
    end: 'seam',
  },
  {
    row: 'the runner is killed before the first token: status 500',
    on: ['ollama'],
    fault: { kind: 'runner-dies' },
    code: 'engine_died',
    words: /runner of .* ended/,
    shown: '',
    end: 'retry',
  },
  {
    row: '31 equal tokens: a clean end of HTTP, no mark, no error',
    on: BOTH,
    fault: { kind: 'slices' },
    model: { answer: HA },
    whole: HA,
    code: 'answer_cut',
    words: /ended without its end marker/,
    shown: HA.slice(0, 31 * 3 - 1),
    end: 'seam',
  },
  {
    row: 'the connection is reset in the middle',
    on: BOTH,
    fault: { kind: 'reset', after: 40 },
    code: 'answer_cut',
    words: /broke in the middle of the answer/,
    end: 'seam',
  },
  {
    row: 'the connection closes without the last chunk, as at SIGTERM',
    on: BOTH,
    fault: { kind: 'cut', after: 40 },
    code: 'answer_cut',
    words: /broke in the middle of the answer/,
    shown: countTo(40),
    end: 'seam',
  },
  {
    row: 'the stream is cut cleanly after 40 tokens, no end marker',
    on: BOTH,
    fault: { kind: 'end', after: 40 },
    code: 'answer_cut',
    words: /ended without its end marker/,
    shown: countTo(40),
    end: 'seam',
  },
  {
    row: 'all 60 tokens, no end marker',
    on: BOTH,
    fault: { kind: 'end', after: 60 },
    code: 'answer_cut',
    words: /ended without its end marker/,
    shown: WHOLE,
    end: 'seam',
  },
  {
    row: '500 once, then fine',
    on: BOTH,
    fault: { kind: 'status', status: 500, text: 'out of order' },
    code: 'engine_error',
    words: /out of order/,
    shown: '',
    end: 'retry',
  },
  {
    row: '500 always',
    on: BOTH,
    fault: { kind: 'status', status: 500, text: 'out of order', ...ENDLESS },
    code: 'engine_error',
    words: /out of order/,
    shown: '',
    end: 'told',
  },
  {
    row: 'status 200, 10 tokens, an error object',
    on: BOTH,
    fault: { kind: 'error', after: 10, text: 'CUDA error: out of order' },
    code: 'engine_error',
    words: /CUDA error: out of order/,
    shown: countTo(10),
    end: 'seam',
  },
  {
    row: 'status 200, an error object first',
    on: BOTH,
    fault: { kind: 'error', opens: true, text: 'CUDA error: out of order' },
    code: 'engine_error',
    words: /CUDA error: out of order/,
    shown: '',
    end: 'retry',
  },
  {
    row: 'one chunk is no JSON',
    on: BOTH,
    fault: { kind: 'malformed', after: 9 },
    code: 'engine_protocol',
    words: /no JSON/,
    shown: countTo(9),
    end: 'told',
  },
  {
    row: 'a line without an end',
    on: BOTH,
    fault: { kind: 'long-line', after: 20, bytes: 6_000_000 },
    code: 'engine_protocol',
    words: /4,194,304 bytes/,
    shown: countTo(20),
    end: 'told',
  },
];

/** Those that are known by a silence: the limits of the server decide. */
export const SILENT_ENDS: readonly StreamEnd[] = [
  {
    row: 'silence without a head',
    on: BOTH,
    fault: { kind: 'hang' },
    code: 'first_token_timeout',
    words: /no token came within 30 s/,
    shown: '',
    end: 'told',
  },
  {
    row: 'a head, then silence',
    on: BOTH,
    fault: { kind: 'hang', opens: true },
    code: 'first_token_timeout',
    words: /no token came within 30 s/,
    shown: '',
    end: 'told',
  },
  {
    row: 'the runner is stopped in the middle: silence without limit',
    on: BOTH,
    fault: { kind: 'hang', after: 20 },
    code: 'answer_stalled',
    words: /no token for 2\d s/,
    shown: countTo(20),
    end: 'seam',
  },
  {
    row: '20 tokens, a silence, then a close without the last chunk',
    on: BOTH,
    fault: { kind: 'hang', after: 20, ms: 200 },
    code: 'answer_cut',
    words: /broke in the middle of the answer/,
    shown: countTo(20),
    end: 'seam',
  },
];
