import { ago, conversation, type Scenario } from '../scenario.ts';

/** The rest of the list: chats that nobody opens. */
export const OTHER_CHATS: Scenario['conversations'] = [
  conversation('c-2', 'Refactor the queue tests', [], { updated_at: ago(3600) }),
  conversation('c-3', 'Letter to the landlord', [], { updated_at: ago(7200) }),
  conversation('c-4', 'Why is my build slow on ARM', [], { updated_at: ago(86_400) }),
  conversation('c-5', 'Greek verbs, week 3', [], { updated_at: ago(88_000) }),
  conversation('c-6', 'Regex for invoice numbers', [], { updated_at: ago(90_000) }),
  conversation('c-7', 'Compare three backup plans', [], { updated_at: ago(300_000) }),
  conversation('c-8', 'Names for a sourdough', [], { updated_at: ago(320_000) }),
  conversation('c-9', 'Explain RoPE scaling plainly', [], { updated_at: ago(340_000) }),
  conversation('c-10', 'Trip to Ghent', [], { updated_at: ago(400_000) }),
];
