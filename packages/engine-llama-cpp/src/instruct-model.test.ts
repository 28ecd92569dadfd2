import { dirname } from 'node:path';

import type { Message } from '@pilotlight/contract';
import { findInstructModel, NO_INSTRUCT_MODEL } from '@pilotlight/test-kit';
import { expect, test } from 'vitest';

import { toModelName, toStem } from './models/model-names.ts';
import { createPilotEngine } from './testing/pilot-engine.ts';

const never = new AbortController().signal;
const path = findInstructModel();
const LIMIT_MS = 120_000;

test(
  `a real instruct model keeps a conversation of three turns${path === undefined ? ` (${NO_INSTRUCT_MODEL})` : ''}`,
  { timeout: LIMIT_MS },
  async ({ skip }) => {
    if (path === undefined) return skip(NO_INSTRUCT_MODEL);
    await using pilot = createPilotEngine({ folders: [dirname(path)] });
    const model = `${toModelName(toStem(path))}:latest`;
    await pilot.engine.load(model, { profile: { contextLength: 1024, slots: 1 }, signal: never, onProgress: () => {} });
    const messages: Message[] = [];
    const cached: (number | undefined)[] = [];
    for (const content of ['My dog is called Rex.', 'What is the capital of France?', 'What is the name of my dog?']) {
      messages.push({ role: 'user', content });
      let text = '';
      const options = { temperature: 0, max_tokens: 60 };
      for await (const part of pilot.engine.stream({ model, messages, options, profile: {} }, never)) {
        if (part.type === 'text') text += part.text;
        if (part.type === 'finish') cached.push(part.usage.cachedTokens);
      }
      messages.push({ role: 'assistant', content: text });
    }
    expect(messages[3]?.content).toMatch(/Paris/);
    expect(messages[5]?.content).toMatch(/Rex/);
    expect(cached[1]).toBeGreaterThan(30);
    expect(cached[2]).toBeGreaterThan(cached[1] ?? 0);
  },
);
