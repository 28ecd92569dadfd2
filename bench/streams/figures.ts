import { quantile } from '../overhead/figures.ts';
import type { FollowedAnswer } from './client.ts';
import type { Run } from './measure-load.ts';
import type { ProbeAnswer } from './watch-server.ts';

/** Of the samples of a run, the last comes as the streams end. */
const MIB = 2 ** 20;

export function spread(values: readonly number[]): string {
  return `${quantile(values, 0.5).toFixed(0)} ms p50, ${quantile(values, 0.99).toFixed(0)} ms p99`;
}

/** How long answers took in relation to what the engine needs: from the question on, and from the first token on. */
export function stretchOf(answers: readonly FollowedAnswer[], seconds: number): { readonly stretch: number; readonly lateness: number } {
  const median = (timeOf: (answer: FollowedAnswer) => number): number =>
    quantile(
      answers.map((answer) => timeOf(answer) / (seconds * 1_000)),
      0.5,
    );
  return { stretch: median(({ totalMs }) => totalMs), lateness: median(({ totalMs, firstTokenMs }) => totalMs - firstTokenMs) };
}

/** What a token costs, by threads of the server, and who had the cores. */
export function cpuLines({ threads, engineMs, client, wallMs }: Run, tokens: number, cores: number): string[] {
  const each = (ms: number): string => ((ms * 1_000) / tokens).toFixed(1);
  const share = (ms: number): string => ((ms / (wallMs * cores)) * 100).toFixed(0);
  const serverMs = threads.main + threads.storage + threads.collector + threads.rest;
  const all = serverMs + engineMs + client.cpuMs;
  return [
    `  CPU          ${each(serverMs)} µs a token in the server: main thread ${each(threads.main)}, storage thread ${each(threads.storage)}, threads that collect garbage and compile ${each(threads.collector)}, others, which sync the disk, ${each(threads.rest)}`,
    `  ${cores} cores      ${share(all)} % taken: server ${share(serverMs)}, fake engine ${share(engineMs)} (${each(engineMs)} µs a token), readers ${share(client.cpuMs)} (${each(client.cpuMs)} µs)`,
  ];
}

/** Memory over the run, and how it grows once it is warm: from the middle of the run to its end. */
export function memoryLines(samples: readonly ProbeAnswer[]): string[] {
  const list = (of: (memory: ProbeAnswer['memory']) => number): string =>
    samples.map(({ memory }) => (of(memory) / MIB).toFixed(0)).join(' · ');
  const resident = samples.map(({ memory }) => memory.rss / MIB);
  const late = resident.slice(Math.floor(resident.length / 2));
  return [
    `  memory       ${list(({ rss }) => rss)} MiB over the run; ${slopeOf(late).toFixed(1)} MiB from sample to sample in its second half`,
    `  of it        heap ${list(({ heapUsed }) => heapUsed)}, outside the heap ${list(({ external }) => external)} MiB on the main thread`,
  ];
}

/** The slope of the line that fits best. */
export function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, _, index) => sum + (index - middle) ** 2, 0);
  return values.reduce((sum, value, index) => sum + (index - middle) * (value - mean), 0) / square;
}
