import { expect } from 'vitest';

import type { House, Outcome } from './gateway-house.ts';
import type { UpstreamScript } from './scripted-upstream.ts';

/** `whole`: the caller gets the whole answer. `told`: an error that says what happened. Never a short answer that looks whole, in any scenario. */
export interface FaultScenario {
  readonly id: string;
  readonly fault: string;
  readonly script: UpstreamScript;
  readonly expected: 'whole' | 'told' | 'whole or told';
  /** Names the model, so that there is nothing to fall back to. */
  readonly alone?: true;
  /** The second model is known to take so many tokens. */
  readonly widerContext?: number;
  readonly withinMs: number;
  /** Attempts at the first server. */
  readonly attempts?: readonly [least: number, most: number];
  /** What the fallback does, if it is not sound. */
  readonly fallback?: UpstreamScript;
  readonly also?: (outcome: Outcome, house: House) => void;
}

export const answer: UpstreamScript = (exchange) => {
  exchange.tokens(0, 60);
  exchange.finish();
};
/** As the answer, but goes on from the beginning that the request brings, if it brings one. */
const goingOn: UpstreamScript = (exchange) => {
  const last = exchange.messages.at(-1);
  const from = last?.role === 'assistant' ? last.content.split(' ').length : 0;
  if (from > 0) exchange.frame(JSON.stringify({ choices: [{ index: 0, delta: { content: ` w${from} ` }, finish_reason: null }] }));
  exchange.tokens(from > 0 ? from + 1 : 0, 60);
  exchange.finish();
};
/** The server at first has its fault, and then goes on from beginnings. */
const onceThenGoingOn =
  (fault: UpstreamScript): UpstreamScript =>
  (exchange) =>
    exchange.attempt === 1 ? fault(exchange) : goingOn(exchange);
const once =
  (fault: UpstreamScript): UpstreamScript =>
  (exchange) =>
    exchange.attempt === 1 ? fault(exchange) : answer(exchange);
const cutAfter40: UpstreamScript = (exchange) => {
  exchange.tokens(0, 40);
  exchange.cut();
};
export const unavailable: UpstreamScript = (exchange) => exchange.refuse(503, { message: 'overloaded' });

export const SIXTEEN_FAULTS: readonly FaultScenario[] = [
  {
    id: 'S01',
    fault: '429 with Retry-After: 2, then healthy',
    script: once((exchange) => exchange.refuse(429, { message: 'slow down' }, { 'retry-after': '2' })),
    expected: 'whole',
    alone: true,
    withinMs: 20_000,
    attempts: [2, 2],
    also: (_outcome, { primary: { attempts } }) => expect(attempts[1]! - attempts[0]!).toBeGreaterThanOrEqual(2_000),
  },
  {
    id: 'S02',
    fault: '429 for ever, without Retry-After',
    script: (exchange) => exchange.refuse(429, { message: 'slow down' }),
    expected: 'whole',
    withinMs: 40_000,
    attempts: [1, 6],
  },
  {
    id: 'S03',
    fault: '500 once, then healthy',
    script: once((exchange) => exchange.refuse(500, { message: 'oops' })),
    expected: 'whole',
    alone: true,
    withinMs: 20_000,
    attempts: [2, 2],
  },
  { id: 'S04', fault: '503 for ever', script: unavailable, expected: 'whole', withinMs: 40_000, attempts: [1, 6] },
  {
    id: 'S05',
    fault: 'the connection is reset before any byte, once',
    script: once((exchange) => exchange.reset()),
    expected: 'whole',
    alone: true,
    withinMs: 20_000,
    attempts: [2, 2],
  },
  { id: 'S06', fault: 'no response at all', script: () => {}, expected: 'whole', withinMs: 100_000, attempts: [1, 1] },
  {
    id: 'S07',
    fault: 'the first token comes after 20 s: slow is not dead',
    script: async (exchange) => {
      await exchange.sleep(20_000);
      return answer(exchange);
    },
    expected: 'whole',
    withinMs: 60_000,
    attempts: [1, 1],
  },
  {
    id: 'S08',
    fault: 'the stream is cut after 40 of 60 tokens',
    script: cutAfter40,
    expected: 'whole or told',
    withinMs: 40_000,
    attempts: [1, 2],
  },
  {
    id: 'S09',
    fault: 'silence after 20 tokens, then a close',
    script: async (exchange) => {
      exchange.tokens(0, 20);
      await exchange.sleep(30_000);
      exchange.cut();
    },
    expected: 'whole or told',
    withinMs: 45_000,
  },
  {
    id: 'S10',
    fault: 'the tenth event is no JSON',
    script: (exchange) => {
      exchange.tokens(0, 9);
      exchange.frame('{"choices": [{"del');
      exchange.tokens(10, 60);
      exchange.finish();
    },
    expected: 'whole or told',
    withinMs: 30_000,
  },
  {
    id: 'S11',
    fault: 'a whole stream without [DONE]',
    script: (exchange) => {
      exchange.tokens(0, 60);
      exchange.finish(false);
    },
    expected: 'whole',
    withinMs: 8_000,
    attempts: [1, 1],
    also: ({ finish }) => expect(finish?.receipt).toMatchObject({ prompt_tokens: 7, completion_tokens: 60 }),
  },
  {
    id: 'S12',
    fault: 'the prompt is longer than the context',
    script: (exchange) =>
      exchange.refuse(400, { message: "This model's maximum context length is 8 tokens", code: 'context_length_exceeded' }),
    expected: 'whole or told',
    withinMs: 20_000,
    attempts: [1, 1],
    also: ({ problem }) => expect(problem?.code ?? 'context_too_long').toBe('context_too_long'),
  },
  {
    id: 'S12, with a longer context in the route',
    fault: 'the prompt is longer than the context of the first',
    script: (exchange) =>
      exchange.refuse(400, { message: "This model's maximum context length is 8 tokens", code: 'context_length_exceeded' }),
    expected: 'whole',
    widerContext: 16_384,
    withinMs: 20_000,
    attempts: [1, 1],
    also: ({ finish }) =>
      expect(finish?.receipt).toMatchObject({ model: 'second:latest', attempts: [{ code: 'context_too_long' }, { outcome: 'finished' }] }),
  },
  {
    id: 'S13',
    fault: 'a content filter refuses',
    script: (exchange) => exchange.refuse(400, { message: 'rejected by the safety system', code: 'content_policy_violation' }),
    expected: 'told',
    withinMs: 20_000,
    attempts: [1, 1],
    also: ({ problem }) => expect(problem?.detail).toMatch(/rejected by the safety system/),
  },
  {
    id: 'S14',
    fault: 'cut after 40 tokens, and the fallback refuses to go on from a beginning',
    script: cutAfter40,
    fallback: (exchange) => {
      if (exchange.messages.at(-1)?.role === 'assistant') exchange.refuse(400, { message: 'prefill is not supported' });
      else void answer(exchange);
    },
    expected: 'whole or told',
    withinMs: 40_000,
    also: ({ problem }) => expect(problem?.code).not.toBe('invalid_request'),
  },
  {
    id: 'S08, rescued elsewhere',
    fault: 'the stream is cut after 40 of 60 tokens, and the fallback goes on from a beginning',
    script: cutAfter40,
    fallback: goingOn,
    expected: 'whole',
    withinMs: 40_000,
    also: ({ finish }) =>
      expect(finish?.receipt).toMatchObject({ model: 'second:latest', seams: [{ from: 'first:latest', to: 'second:latest' }] }),
  },
  {
    id: 'S08, rescued where it was',
    fault: 'the stream is cut once after 40 of 60 tokens, and the server goes on from a beginning',
    script: onceThenGoingOn(cutAfter40),
    expected: 'whole',
    alone: true,
    withinMs: 20_000,
    attempts: [4, 4],
    also: ({ finish }) => expect(finish?.receipt).toMatchObject({ seams: [{ from: 'first:latest', to: 'first:latest' }] }),
  },
  {
    id: 'S09, rescued',
    fault: 'silence after 20 tokens, and the fallback goes on from a beginning',
    script: (exchange) => exchange.tokens(0, 20),
    fallback: goingOn,
    expected: 'whole',
    withinMs: 45_000,
    also: ({ finish }) => expect(finish?.receipt.attempts[0]).toMatchObject({ code: 'answer_stalled' }),
  },
  {
    id: 'S10, rescued',
    fault: 'the tenth event is no JSON, and the fallback goes on from a beginning',
    script: (exchange) => {
      exchange.tokens(0, 9);
      exchange.frame('{"choices": [{"del');
      exchange.tokens(10, 60);
      exchange.finish();
    },
    fallback: goingOn,
    expected: 'whole',
    withinMs: 30_000,
  },
  {
    id: 'S16',
    fault: '503 for ever: who answered, and what it cost',
    script: unavailable,
    expected: 'whole',
    withinMs: 40_000,
    attempts: [1, 6],
    also({ finish }) {
      expect(finish?.receipt).toMatchObject({ model: 'second:latest', engine: 'second', completion_tokens: 60 });
      expect(finish?.receipt.attempts[0]).toMatchObject({ model: 'first:latest', outcome: 'failed' });
    },
  },
];

/** What the sixteen lack, and peers were seen to pass on as whole answers. */
export const MORE_FAULTS: readonly FaultScenario[] = [
  {
    id: 'a clean end of HTTP after 40 tokens',
    fault: 'no finish_reason',
    script: (exchange) => {
      exchange.tokens(0, 40);
      exchange.end();
    },
    expected: 'whole or told',
    withinMs: 10_000,
  },
  {
    id: '[DONE] after 40 tokens',
    fault: 'no finish_reason',
    script: (exchange) => {
      exchange.tokens(0, 40);
      exchange.frame('[DONE]');
      exchange.end();
    },
    expected: 'whole or told',
    withinMs: 10_000,
  },
  {
    id: 'an error object after 10 tokens',
    fault: 'status 200',
    script: (exchange) => {
      exchange.tokens(0, 10);
      exchange.frame(JSON.stringify({ error: { message: 'the engine is out of order' } }));
      exchange.end();
    },
    expected: 'whole or told',
    withinMs: 10_000,
    also: ({ problem }) => expect(problem?.detail ?? 'out of order').toMatch(/out of order/),
  },
  {
    id: 'an error object first',
    fault: 'status 200, once',
    script: once((exchange) => {
      exchange.frame(JSON.stringify({ error: { message: 'not now' } }));
      exchange.end();
    }),
    expected: 'whole',
    alone: true,
    withinMs: 20_000,
    attempts: [2, 2],
  },
];
