import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import type { GenerateRequest, Processes } from '@pilotlight/contract';
import { createLlamaCppEngine, createNodeDisk, createNodeProcesses } from '@pilotlight/engine-llama-cpp';
import { createGateway } from '@pilotlight/gateway';
import type { RunningGateway } from '@pilotlight/gateway';
import { createSeededRandomness, createTemporaryFolder, systemClock } from '@pilotlight/test-kit';

import { tell } from './fake-house.ts';
import type { Telling } from './fake-house.ts';

const PILOT = 'pilot:latest';
const PILOT_FILE = fileURLToPath(new URL('../../../../models/pilot/pilot.gguf', import.meta.url));
const never = new AbortController().signal;

/** A real gateway over the built-in engine with the model that ships, on the real disk and real processes, which it counts. */
export interface BuiltInHouse extends AsyncDisposable {
  readonly gateway: RunningGateway;
  /** How many processes were started so far: one for each load. */
  started(): number;
  ask(request?: Partial<GenerateRequest>): Telling;
}

export interface BuiltInHouseOptions {
  readonly processes?: Processes;
  /** Models beside the one that ships, each a file of its own with the same weights: `one` is `one:latest`. */
  readonly copies?: readonly string[];
  readonly settings?: Partial<Parameters<typeof createGateway>[0]['settings']>;
}

export async function setUpBuiltInHouse(options: BuiltInHouseOptions = {}): Promise<BuiltInHouse> {
  const { processes = createNodeProcesses(), copies = [], settings = {} } = options;
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await createTemporaryFolder());
  for (const name of copies) await copyFile(PILOT_FILE, join(folder.path, `${name}.gguf`));
  const machine = { cores: 2, memory: () => Promise.resolve({ totalBytes: 16e9, freeBytes: 12e9 }) };
  const randomness = createSeededRandomness(1);
  let started = 0;
  const engine = createLlamaCppEngine({
    processes: {
      fork(fork) {
        started += 1;
        return processes.fork(fork);
      },
    },
    disk: createNodeDisk(),
    clock: systemClock,
    randomness,
    machine,
    folders: copies.length === 0 ? [] : [folder.path],
    builtIn: { name: PILOT, path: PILOT_FILE, sampling: { temperature: 0 } },
  });
  const gateway = stack.use(
    createGateway({
      engines: [engine],
      clock: systemClock,
      randomness,
      machine,
      settings: { defaultModel: PILOT, ...settings },
      log: () => {},
    }),
  );
  await gateway.started;
  const owned = stack.move();
  return {
    gateway,
    started: () => started,
    ask: (request = {}) => tell(gateway, { model: PILOT, ...request }, never),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
