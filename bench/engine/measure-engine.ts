import { dirname } from 'node:path';

import { createLlamaCppEngine, createNodeDisk, createNodeMachine, createNodeProcesses } from '@pilotlight/engine-llama-cpp';
import { createSeededRandomness, systemClock } from '@pilotlight/test-kit';

import { measure, SAMPLING, toQuestion } from './workload.ts';
import type { Measurement, OneAnswer, Workload } from './workload.ts';

/** Measures the built-in engine as the server uses it: the model in a child process, parts through the `Engine` port. */
export async function measureEngine(workload: Workload, isBuiltIn: boolean): Promise<Measurement> {
  await using engine = createLlamaCppEngine({
    processes: createNodeProcesses(),
    disk: createNodeDisk(),
    clock: systemClock,
    randomness: createSeededRandomness(1),
    machine: createNodeMachine(),
    folders: isBuiltIn ? [] : [dirname(workload.modelPath)],
    ...(isBuiltIn && { builtIn: { name: 'pilot:latest', path: workload.modelPath } }),
  });
  const models = await engine.list();
  const model = models.find(({ weightsKey }) => weightsKey === workload.modelPath)?.name;
  if (model === undefined) throw new Error('the engine does not list the model');
  const signal = new AbortController().signal;
  const profile = { contextLength: workload.contextLength, slots: workload.streams };
  await engine.load(model, { profile, signal, onProgress: () => {} });

  async function ask(stream: number, round: number): Promise<OneAnswer> {
    const { content, seed } = toQuestion(stream, round);
    const startedMs = performance.now();
    const request = {
      model: model ?? '',
      messages: [{ role: 'user', content }] as const,
      options: { ...SAMPLING, seed, max_tokens: workload.maxTokens },
      profile,
    };
    let firstTokenMs = 0;
    let tokens = 0;
    for await (const part of engine.stream(request, signal)) {
      if (part.type === 'text' && firstTokenMs === 0) firstTokenMs = performance.now() - startedMs;
      if (part.type === 'finish') tokens = part.usage.completionTokens ?? 0;
    }
    return { tokens, firstTokenMs };
  }

  await measure({ ...workload, rounds: 1 }, ask);
  return await measure(workload, ask);
}
