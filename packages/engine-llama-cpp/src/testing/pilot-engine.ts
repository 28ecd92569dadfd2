import { fileURLToPath } from 'node:url';

import type { ChildProcess, Engine, Processes } from '@pilotlight/contract';
import { createSeededRandomness, isProcessAlive, systemClock } from '@pilotlight/test-kit';

import { createNodeDisk } from '../adapters/node-disk.ts';
import { createNodeProcesses } from '../adapters/node-processes.ts';
import { createLlamaCppEngine } from '../create-llama-cpp-engine.ts';
import type { LlamaCppEngineOptions } from '../create-llama-cpp-engine.ts';

export const PILOT = 'pilot:latest';
export const pilotPath = fileURLToPath(new URL('../../../../models/pilot/pilot.gguf', import.meta.url));

export interface PilotEngine extends AsyncDisposable {
  readonly engine: Engine;
  /** Every process that the engine started, in order. */
  readonly children: readonly ChildProcess[];
  readonly alive: () => readonly number[];
}

/** A real engine with the pilot model, on the real disk and real processes, which it remembers. */
export function createPilotEngine(options: Partial<LlamaCppEngineOptions> = {}): PilotEngine {
  const children: ChildProcess[] = [];
  const real = createNodeProcesses();
  const processes: Processes = {
    fork(fork) {
      const child = real.fork(fork);
      children.push(child);
      return child;
    },
  };
  const engine = createLlamaCppEngine({
    processes,
    disk: createNodeDisk(),
    clock: systemClock,
    randomness: createSeededRandomness(1),
    machine: { cores: 2, memory: () => Promise.resolve({ totalBytes: 0, freeBytes: 0 }) },
    folders: [],
    builtIn: { name: PILOT, path: pilotPath, sampling: { temperature: 0 } },
    ...options,
  });
  return {
    engine,
    children,
    alive: () => children.map(({ pid }) => pid).filter(isProcessAlive),
    [Symbol.asyncDispose]: () => engine[Symbol.asyncDispose](),
  };
}
