import { expect } from 'vitest';

import type { StreamRequest } from '../engine.ts';
import type { EngineSuite, EngineUnderTest } from './engine-suite.ts';
import { loadModel, longRequest, readAnswer, textOf } from './read-answer.ts';
import { testAbility, testEngine } from './test-ability.ts';

function goOn(subject: EngineUnderTest, prefix: string, options: StreamRequest['options'] = {}): StreamRequest {
  const request = longRequest(subject, options);
  return { ...request, messages: [...request.messages, { role: 'assistant', content: prefix, prefix: true }] };
}

/** Where to cut a text: the end of every word from the second on, as a stream may have ended there. */
function wordEnds(text: string): readonly number[] {
  return [...text.matchAll(/\S(?=\s)/g)].map(({ index }) => index + 1).slice(1);
}

/** An answer that goes on from its beginning. */
export function describeContinuing(suite: EngineSuite): void {
  testAbility(suite.abilities.goesOn, 'an answer goes on from the end of any of its words, as if it had never been cut', (name) => {
    testEngine(suite, name, async (subject) => {
      await loadModel(subject);
      const whole = textOf(await readAnswer(subject.engine, longRequest(subject)));
      const ends = wordEnds(whole);
      expect(ends.length).toBeGreaterThan(4);
      for (const end of [ends[0], ends[Math.floor(ends.length / 2)], ends.at(-1)]) {
        const prefix = whole.slice(0, end);
        const rest = textOf(await readAnswer(subject.engine, goOn(subject, prefix)));
        // Both were cut at a number of tokens: the second goes further, or both have ended.
        expect(`${prefix}${rest}`.startsWith(whole), JSON.stringify({ prefix, rest, whole })).toBe(true);
      }
    });
  });
  testAbility(suite.abilities.goesOn, 'what goes on ends with one finish, and counts only what it adds', (name) => {
    testEngine(suite, name, async (subject) => {
      await loadModel(subject);
      const whole = textOf(await readAnswer(subject.engine, longRequest(subject)));
      const parts = await readAnswer(subject.engine, goOn(subject, whole.slice(0, wordEnds(whole)[1]), { max_tokens: 3 }));
      expect(parts.filter(({ type }) => type === 'finish')).toHaveLength(1);
      expect(parts.at(-1)).toMatchObject({ type: 'finish', reason: 'length', usage: { completionTokens: 3 } });
    });
  });
}
