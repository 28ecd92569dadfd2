import { join } from 'node:path';

import { createManualClock, createTemporaryFolder } from '@pilotlight/test-kit';

import { describeChatStore } from './chat-store-suite.ts';
import { openStorage } from './open-storage.ts';

const clock = createManualClock();

describeChatStore('in memory', () => openStorage({ location: { memory: true }, clock }));

describeChatStore('in a file', async () => {
  const folder = await createTemporaryFolder();
  const storage = await openStorage({ location: { file: join(folder.path, 'data', 'chat.db') }, clock });
  return {
    ...storage,
    async [Symbol.asyncDispose]() {
      await storage[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
});
