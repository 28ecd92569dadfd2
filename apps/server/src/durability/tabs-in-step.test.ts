import type { ChatEvent, ConversationSummary } from '@pilotlight/contract';
import { chooseSeed, withSeed } from '@pilotlight/test-kit';
import type { SeededRandomness } from '@pilotlight/test-kit';
import { expect, it } from 'vitest';

import { openChatUnderTest, toQuestion } from './testing/chat-under-test.ts';
import type { ChatUnderTest } from './testing/chat-under-test.ts';

const RUNS = 30;
const STEPS = 40;
const CONVERSATIONS = ['a', 'b', 'c', 'hushed'] as const;
const TITLES = ['Terns', 'Gulls', 'Auks'];

/** What a tab shows that hears of changes alone. */
function toShown(events: readonly ChatEvent[]): Map<string, ConversationSummary> {
  const shown = new Map<string, ConversationSummary>();
  for (const event of events) {
    if (event.type === 'conversation') shown.set(event.conversation.id, event.conversation);
    if (event.type === 'conversation_removed') shown.delete(event.id);
  }
  return shown;
}

/** One thing that a person does somewhere. It may be refused; it must not be lost, and must not make tabs differ. */
async function act(under: ChatUnderTest, randomness: SeededRandomness, next: () => string): Promise<void> {
  const { chat } = under;
  const pick = <T>(items: readonly T[]): T => randomness.pick(items);
  const id = pick(CONVERSATIONS);
  const newConversation = { temporary: id === 'hushed' };
  const answerOf = async (): Promise<{ conversationId: string; answerId: string; options: object; requestId: string }> => {
    const { messages } = await chat.conversation(id);
    return { conversationId: id, answerId: pick(messages).id, options: {}, requestId: 'r' };
  };
  const deed = pick([
    () => chat.post(toQuestion(next(), { conversationId: id, parentId: pick([undefined, null]), newConversation })),
    () => chat.post(toQuestion(next(), { conversationId: id, newConversation })),
    async () => chat.regenerate(await answerOf()),
    async () => chat.continueAnswer(await answerOf()),
    async () => chat.stop((await chat.conversation(id)).running_generation_id ?? ''),
    () => chat.remove(id),
    () => chat.restore(id),
    () => chat.rename(id, pick(TITLES)),
    () => chat.change(id, pick([{ pinned: true }, { pinned: false }, { archived: true }, { folder: 'Birds' }, { folder: null }])),
    () => chat.change(id, { settings: { options: { seed: pick([1, 2]) } } }),
    async () => under.answers.at(-1)?.say('more '),
    async () => pick(under.answers.length === 0 ? [undefined] : under.answers)?.finish(pick(['stop', 'length'] as const)),
    async () => pick(under.answers.length === 0 ? [undefined] : under.answers)?.cut(),
  ]);
  await deed();
}

/** Until nothing is on its way any more; what was deleted stays so for a while. */
async function comeToRest(under: ChatUnderTest, pending: readonly Promise<unknown>[]): Promise<void> {
  await under.clock.advanceUntil(Promise.allSettled(pending));
  for (let round = 0; round < 3; round += 1) {
    for (const answer of under.answers) answer.finish();
    await under.clock.advance(5000);
  }
}

it(`tabs that hear of changes show what the list has, whatever happens at once, ${RUNS} times over`, async () => {
  const first = chooseSeed();
  for (let run = 0; run < RUNS; run += 1) {
    await withSeed(
      async (randomness) => {
        let count = 0;
        await using under = await openChatUnderTest();
        const pending: Promise<unknown>[] = [];
        for (let step = 0; step < STEPS; step += 1) {
          const deed = act(under, randomness, () => `q${(count += 1)}`);
          deed.catch(() => undefined);
          pending.push(deed);
          if (randomness.chance(0.5)) await under.clock.settle();
          if (randomness.chance(0.2)) await under.clock.advance(randomness.between(0, 120_000));
        }
        await comeToRest(under, pending);
        const { conversations } = await under.chat.list({ limit: 50, archived: 'any' });
        expect(toShown(under.events)).toEqual(new Map(conversations.map((one) => [one.id, one])));
        expect(conversations.map(({ id }) => id)).not.toContain('hushed');
        expect(conversations.filter((one) => one.running_generation_id !== undefined)).toEqual([]);
        expect(await under.store.running()).toEqual([]);
        expect(under.answers.filter(({ isFreed }) => !isFreed)).toEqual([]);
        const trees = await Promise.all(conversations.map(({ id }) => under.chat.conversation(id)));
        expect(trees.flatMap(({ messages }) => messages).filter(({ state }) => state === 'running')).toEqual([]);
      },
      (first + run) % 2 ** 32,
    );
  }
});
