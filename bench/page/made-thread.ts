import type { ConversationView, MessageView } from '@pilotlight/contract';

import { createChance, textOf } from '../history/vocabulary.ts';

const FIRST_MS = Date.UTC(2026, 0, 1);

/** An answer as models write them: paragraphs, a list, and now and then code or a table. */
export function madeAnswer(index: number, chance: () => number): string {
  const words = (count: number): string => textOf(Math.max(1, count), chance);
  const parts = [
    `${words(20 + chance() * 40)}, **${words(2)}** and \`${words(1)}\`.`,
    Array.from({ length: 3 }, () => `- ${words(6 + chance() * 10)}`).join('\n'),
  ];
  if (index % 4 === 0)
    parts.push(`\`\`\`ts\nexport function ${words(1)}(value: string): number {\n  return value.length; // ${words(4)}\n}\n\`\`\``);
  if (index % 9 === 0) parts.push(`| ${words(1)} | ${words(1)} |\n|---|---:|\n| ${words(2)} | 410 |\n| ${words(2)} | 1,150 |`);
  parts.push(`${words(15 + chance() * 25)}.`);
  return parts.join('\n\n');
}

/** A conversation of so many messages, as an export has it. */
export function madeThread(messages: number): ConversationView {
  const chance = createChance(5);
  const at = (index: number): string => new Date(FIRST_MS + index * 60_000).toISOString();
  const all = Array.from({ length: messages }, (_, index): MessageView => {
    const common = { id: `m-${index}`, parent_id: index === 0 ? null : `m-${index - 1}`, created_at: at(index) };
    return index % 2 === 0
      ? { ...common, role: 'user', content: `${textOf(5 + chance() * 20, chance)}?` }
      : {
          ...common,
          role: 'assistant',
          content: madeAnswer(index, chance),
          state: 'complete',
          finish_reason: 'stop',
          model: 'bench:latest',
        };
  });
  return {
    id: 'c-long',
    title: 'A long talk',
    created_at: at(0),
    updated_at: at(messages),
    head_id: all.at(-1)?.id ?? null,
    messages: all,
  };
}

/** What the model writes while it is measured: `words` words in the same manner. */
export function madeStream(words: number): string {
  const chance = createChance(9);
  const parts: string[] = [];
  let count = 0;
  for (let index = 1; count < words; index += 1) {
    const part = madeAnswer(index, chance);
    parts.push(part);
    count += part.split(/\s+/).length;
  }
  return parts.join('\n\n');
}
