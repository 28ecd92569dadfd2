import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describeEngine } from '@pilotlight/contract/testing';
import { createTemporaryFolder } from '@pilotlight/test-kit';

import { toEmbeddingModel } from './testing/gguf-bytes.ts';
import { createPilotEngine, PILOT, pilotPath } from './testing/pilot-engine.ts';

describeEngine('the built-in engine with the pilot model', {
  abilities: {
    loads: true,
    measuresLoads: true,
    hasBrokenModel: true,
    refusesUnloaded: true,
    repeatsItself: true,
    goesOn: true,
    timesAnswers: true,
    embeds: true,
    countsTokens: true,
    ownsProcesses: true,
    failsBefore: 'its other side is our own child process, which has no such fault to switch on',
    failsAfter: 'its other side is our own child process, which has no such fault to switch on',
    cuts: 'a channel between processes ends only with the process',
    dies: true,
  },
  async make() {
    const folder = await createTemporaryFolder();
    const pilot = await readFile(pilotPath);
    await writeFile(join(folder.path, 'broken.gguf'), pilot.subarray(0, pilot.length - 4096));
    await writeFile(join(folder.path, 'vectors.gguf'), toEmbeddingModel(pilot));
    const { engine, children, alive } = createPilotEngine({ folders: [folder.path] });
    return {
      engine,
      model: PILOT,
      profile: { contextLength: 1024, slots: 2 },
      shortPrompt: [{ role: 'user', content: 'What is 2 + 2?' }],
      longPrompt: [{ role: 'user', content: 'Tell me a story' }],
      stopText: 'there',
      brokenModel: 'broken:latest',
      embeddingModel: 'vectors:latest',
      processes: () => Promise.resolve(alive()),
      faults: {
        async die() {
          const child = children.at(-1);
          if (child === undefined) throw new Error('no process was started');
          process.kill(child.pid, 'SIGKILL');
          await child.exited;
        },
      },
      async [Symbol.asyncDispose]() {
        await engine[Symbol.asyncDispose]();
        await folder[Symbol.asyncDispose]();
      },
    };
  },
});
