import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createNodeMachine } from '@pilotlight/engine-llama-cpp';
import { findInstructModel } from '@pilotlight/test-kit';

import { measureBaseline } from './measure-baseline.ts';
import { measureEngine } from './measure-engine.ts';
import { measureLlamaServer } from './measure-llama-server.ts';
import type { Measurement, Workload } from './workload.ts';

/** Prints tokens per second of the built-in engine beside node-llama-cpp alone and, if `LLAMA_SERVER` names one, a llama-server. */
const PILOT = fileURLToPath(new URL('../../models/pilot/pilot.gguf', import.meta.url));
const REPEATS = 3;
const ONE_THREAD_BELOW = 32 * 2 ** 20;
const { cores } = createNodeMachine();
const server = process.env['LLAMA_SERVER'];
const named = process.argv[2] === undefined ? findInstructModel() : resolve(process.argv[2]);

console.log(
  `${cores} cores, Node ${process.versions.node}. Tokens per second of all streams together; the best of ${REPEATS} runs, taken in turns.`,
);
for (const modelPath of [PILOT, ...(named === undefined ? [] : [named])]) await compare(modelPath);
if (named === undefined) console.log('No other model: name a .gguf file as argument, or by PILOTLIGHT_TEST_MODEL.');
if (server === undefined) console.log('No llama-server: set LLAMA_SERVER to its path to have it beside.');

async function compare(modelPath: string): Promise<void> {
  const isPilot = modelPath === PILOT;
  const threads = statSync(modelPath).size < ONE_THREAD_BELOW ? 1 : cores;
  console.log(`\n${basename(modelPath)}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`);
  for (const streams of [1, 4]) {
    const workload: Workload = { modelPath, streams, rounds: isPilot ? 40 : 3, maxTokens: 150, contextLength: 1024, threads };
    const runs: (readonly [string, () => Promise<Measurement>])[] = [
      ['node-llama-cpp alone', () => measureBaseline(workload)],
      ['built-in engine', () => measureEngine(workload, isPilot)],
      ...(server === undefined ? [] : [['llama-server', () => measureLlamaServer(server, workload)] as const]),
    ];
    const best = new Map<string, Measurement>();
    for (let repeat = 0; repeat < REPEATS; repeat += 1) {
      for (const [name, run] of runs) {
        const result = await run();
        const former = best.get(name);
        if (former === undefined || speed(result) > speed(former)) best.set(name, result);
      }
    }
    print(streams, best);
  }
}

function print(streams: number, best: ReadonlyMap<string, Measurement>): void {
  const [baseline] = best.values();
  for (const [name, result] of best) {
    const ratio = baseline === undefined ? 1 : speed(result) / speed(baseline);
    const figures = `${speed(result).toFixed(0).padStart(6)} tokens/s   ${`${(ratio * 100).toFixed(0)} %`.padStart(6)}   first token ${result.firstTokenMs.toFixed(0).padStart(4)} ms`;
    console.log(`  ${streams} ${streams === 1 ? 'stream ' : 'streams'}   ${name.padEnd(21)}${figures}`);
  }
}

function speed({ tokens, ms }: Measurement): number {
  return tokens / (ms / 1000);
}
