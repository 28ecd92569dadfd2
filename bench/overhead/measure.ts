import { setTimeout } from 'node:timers/promises';

import { askStream } from './ask-stream.ts';
import type { AnswerTimes, Target } from './ask-stream.ts';
import { merge } from './figures.ts';
import type { Measured, Sample } from './figures.ts';
import type { MeasuredServer } from './server-process.ts';

/** One way to run the server. */
export interface Way {
  readonly target: Target;
  readonly server: MeasuredServer;
}

export interface Round {
  readonly streams: number;
  /** That each stream reads one after the other. */
  readonly answers: number;
  /** The streams begin spread over this time, as those of many people do; 0: all at the same instant. */
  readonly spreadMs: number;
}

/** Asks one target in all streams at once. */
export async function round(target: Target, { streams, answers, spreadMs }: Round): Promise<Sample> {
  const startedMs = performance.now();
  const read = async (index: number): Promise<AnswerTimes[]> => {
    if (spreadMs > 0) await setTimeout((spreadMs * index) / streams);
    const times: AnswerTimes[] = [];
    for (let count = 0; count < answers; count += 1) times.push(await askStream(target));
    return times;
  };
  const all = await Promise.all(Array.from({ length: streams }, (_, index) => read(index)));
  return { answers: all.flat(), elapsedMs: performance.now() - startedMs };
}

/** Direct and every way in turn, forwards in one round and backwards in the next. One result for each way. */
export async function alternate(
  direct: Target,
  ways: readonly Way[],
  plan: Round & { readonly rounds: number },
): Promise<readonly Measured[]> {
  const directly: Sample[] = [];
  const through = ways.map(() => ({ samples: [] as Sample[], cpuMs: 0 }));
  const turns = [
    async () => void directly.push(await round(direct, plan)),
    ...ways.map(({ target, server }, index) => async () => {
      const beforeMs = server.cpuMs();
      const sample = await round(target, plan);
      through[index]?.samples.push(sample);
      const own = through[index];
      if (own) own.cpuMs += server.cpuMs() - beforeMs;
    }),
  ];
  for (let index = 0; index < plan.rounds; index += 1) {
    for (const turn of index % 2 === 0 ? turns : turns.toReversed()) await turn();
  }
  return through.map(({ samples, cpuMs }) => ({ direct: merge(directly), through: merge(samples), cpuMs }));
}
