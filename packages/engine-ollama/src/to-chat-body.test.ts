import { expect, test } from 'vitest';

import { toChatBody } from './to-chat-body.ts';

test('images go as bare base64 beside the text, and the prompt is never shortened in silence', () => {
  const images = [{ media_type: 'image/png' as const, data: 'AQID' }];
  const messages = [
    { role: 'user' as const, content: 'hi', images },
    { role: 'assistant' as const, content: 'ho' },
  ];
  const body = JSON.parse(
    toChatBody({ model: 'm:latest', messages, options: {}, profile: {} }, { keepAlive: undefined, canThink: false }),
  ) as Record<string, unknown>;
  expect(body).toMatchObject({
    truncate: false,
    messages: [
      { role: 'user', content: 'hi', images: ['AQID'] },
      { role: 'assistant', content: 'ho' },
    ],
  });
  expect((body['messages'] as object[])[1]).not.toHaveProperty('images');
});
