import { createSeededRandomness } from './seeded-randomness.ts';
import { systemClock } from './system-clock.ts';

/** Clients that each choose one of a few models at random, wait for its answer, pause, and choose again. */
export interface SwapTraffic {
  readonly seed: number;
  readonly clients: number;
  readonly models: readonly string[];
  /** Uniform from 0 to twice this. */
  readonly pauseMs: number;
  /** Whether a client asks once more. */
  readonly goesOn: (client: { readonly answers: number; readonly elapsedMs: number }) => boolean;
  /** Asks and reads the answer to its end; gives the time to its first text. Throws where there is no whole answer. */
  readonly ask: (question: { readonly model: string; readonly client: number }) => Promise<number>;
}

export interface TrafficResult {
  readonly answers: number;
  /** What was thrown, in words. */
  readonly failures: readonly string[];
  /** To the first text, of whole answers, shortest first. */
  readonly waitsMs: readonly number[];
  readonly elapsedMs: number;
}

/** Runs the traffic to its end, over whatever `ask` leads to. What the clients choose depends on the seed alone. */
export async function runSwapTraffic({ seed, clients, models, pauseMs, goesOn, ask }: SwapTraffic): Promise<TrafficResult> {
  const startedMs = systemClock.monotonic();
  const waitsMs: number[] = [];
  const failures: string[] = [];
  async function run(client: number): Promise<void> {
    const chance = createSeededRandomness(seed * 1000 + client);
    for (let answers = 0; goesOn({ answers, elapsedMs: systemClock.monotonic() - startedMs }); answers += 1) {
      try {
        waitsMs.push(await ask({ model: chance.pick(models), client }));
      } catch (error) {
        failures.push(error instanceof Error ? error.message : String(error));
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      systemClock.after(chance.next() * 2 * pauseMs, resolve);
      await promise;
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, client) => run(client)));
  const elapsedMs = systemClock.monotonic() - startedMs;
  return { answers: waitsMs.length, failures, waitsMs: waitsMs.toSorted((a, b) => a - b), elapsedMs };
}
