import { availableParallelism } from 'node:os';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';

/** The program behind `npm run simulate`; each of its threads is this file too. */

const DEFAULT_SEEDS = 10_000;
const MAX_SEED = 2 ** 32;
/** With so many failures there is enough to look at. */
const MOST_FAILURES = 10;
/** No world takes so long: it goes round and round. */
const HANGS_MS = 120_000;
const LOOK_MS = 1_000;
/** Of the counters that the threads share: the next seed, those that are done, and then for each thread which one it is at. */
const [NEXT, DONE, FIRST_THREAD] = [0, 1, 2];

interface Part {
  readonly counters: Int32Array;
  readonly first: number;
  readonly count: number;
  readonly thread: number;
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);

function readNumber(name: string, fallback: number, least: number): number {
  const text = process.env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (Number.isInteger(value) && value >= least && value < MAX_SEED) return value;
  say(`${name} must be a whole number from ${least} to ${MAX_SEED - 1}, not "${text}".`);
  process.exit(2);
}

/** Runs the next seed until there is none. */
async function work({ counters, first, count, thread }: Part): Promise<void> {
  // A trace of every error costs more than the error; a seed that is replayed alone has them.
  if (count > 1) Error.stackTraceLimit = 0;
  const { runWorld } = await import('./worlds/run-world.ts');
  for (let index = Atomics.add(counters, NEXT, 1); index < count; index = Atomics.add(counters, NEXT, 1)) {
    Atomics.store(counters, FIRST_THREAD + thread, index);
    try {
      await runWorld((first + index) % MAX_SEED);
    } catch (error) {
      tell(error, count === 1);
    }
    Atomics.add(counters, DONE, 1);
  }
}

function tell(error: unknown, isWhole: boolean): void {
  const { message, cause } = error instanceof Error ? error : new Error(String(error));
  const trace = isWhole && cause instanceof Error ? `\n${cause.stack}` : '';
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
  parentPort?.postMessage(`${message}${trace}`);
}

interface Course {
  readonly counters: Int32Array;
  readonly startedMs: number;
  failures: number;
}

function end({ counters, startedMs, failures }: Course): never {
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const { user, system } = process.cpuUsage();
  const done = Atomics.load(counters, DONE);
  const seeds = `${done.toLocaleString('en')} ${done === 1 ? 'seed' : 'seeds'}`;
  say(`${seeds}, ${failures} failed, ${seconds} s, ${((user + system) / 1e6).toFixed(1)} s of processor time`);
  process.exit(failures === 0 ? 0 : 1);
}

function fail(course: Course, words: string): void {
  course.failures += 1;
  say(`\n${words}\n`);
  if (course.failures >= MOST_FAILURES) end(course);
}

/** A world that never waits for anything stops its thread for ever: said from here. */
function watchThreads(
  course: Course,
  { first, count, threads }: { readonly first: number; readonly count: number; readonly threads: number },
): void {
  const { counters } = course;
  const seen = Array.from({ length: threads }, () => ({ index: -1, sinceMs: performance.now() }));
  setInterval(() => {
    for (const [thread, look] of seen.entries()) {
      const index = Atomics.load(counters, FIRST_THREAD + thread);
      if (index !== look.index) Object.assign(look, { index, sinceMs: performance.now() });
      else if (Atomics.load(counters, DONE) < count && performance.now() - look.sinceMs > HANGS_MS) {
        const seed = (first + index) % MAX_SEED;
        fail(course, `It goes round and round, for ${HANGS_MS / 1000} s.\nReplay it alone: PILOTLIGHT_SEED=${seed} npm run simulate`);
        end(course);
      }
    }
  }, LOOK_MS).unref();
}

async function main(): Promise<void> {
  const isReplay = (process.env['PILOTLIGHT_SEED'] ?? '') !== '';
  const first = readNumber('PILOTLIGHT_SEED', Math.floor(Math.random() * MAX_SEED), 0);
  const count = isReplay ? 1 : readNumber('PILOTLIGHT_SEEDS', DEFAULT_SEEDS, 1);
  const threads = Math.min(count, availableParallelism());
  const counters = new Int32Array(new SharedArrayBuffer(4 * (FIRST_THREAD + threads)));
  const course: Course = { counters, startedMs: performance.now(), failures: 0 };
  if (!isReplay) say(`${count.toLocaleString('en')} seeds from ${first}, on ${threads} ${threads === 1 ? 'core' : 'cores'}`);
  watchThreads(course, { first, count, threads });
  await Promise.all(
    Array.from({ length: threads }, async (_, thread) => {
      const { promise, resolve } = Promise.withResolvers<unknown>();
      const worker = new Worker(new URL(import.meta.url), { workerData: { counters, first, count, thread } satisfies Part });
      worker.on('message', (words: string) => fail(course, words));
      worker.on('error', (error) => fail(course, String(error)));
      worker.on('exit', resolve);
      await promise;
    }),
  );
  end(course);
}

await (isMainThread ? main() : work(workerData as Part));
