import { startFakeEngineHere } from '@pilotlight/test-kit';

import { quantile, toTable } from '../overhead/figures.ts';
import { startMeasuredServer } from '../overhead/server-process.ts';

// How soon a model that can never fit is refused, against the cheapest refusal there is, and how soon an engine learns that its answer was stopped.
const SMALL = 'small:latest';
const HUGE = 'huge:latest';
const REFUSALS = 400;
const STOPS = 100;
const say = (text: string): void => void process.stdout.write(`${text}\n`);
const post = (url: string, body: object): Promise<Response> =>
  fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

await using engine = await startFakeEngineHere({
  models: [
    { name: SMALL, sizeBytes: 1_000_000 },
    { name: HUGE, sizeBytes: 400_000_000_000 },
  ],
  tokensPerSecond: 50,
});
await using server = await startMeasuredServer({ OLLAMA_HOST: engine.url, OLLAMA_MODEL: SMALL, MEMORY_BUDGET: '4GB', LOG_LEVEL: 'error' });

/** The time to a whole refusal, and what it was. */
async function refuse(model: string): Promise<{ readonly ms: number; readonly code: string; readonly detail: string }> {
  const startMs = performance.now();
  const response = await post(`${server.url}/api/chat/message`, { model, message: 'Go on.' });
  const { code, detail } = (await response.json()) as { readonly code: string; readonly detail: string };
  return { ms: performance.now() - startMs, code, detail };
}

/** What there is of an event of the engine on the clock of this process: both run here, the engine counts whole milliseconds from its own start. */
async function clockOffset(): Promise<number> {
  const offsets: number[] = [];
  for (let index = 0; index < 50; index += 1) {
    await engine.control.clear();
    const startMs = performance.now();
    await (await fetch(`${engine.url}/api/version`)).arrayBuffer();
    const endMs = performance.now();
    const event = (await engine.control.state()).events.find(({ path }) => path === '/api/version');
    offsets.push((startMs + endMs) / 2 - (event?.atMs ?? Number.NaN));
  }
  return quantile(offsets, 0.5);
}

interface Stop {
  readonly engineMs: number;
  readonly answerMs: number;
}

async function stopOne(offsetMs: number): Promise<Stop> {
  await engine.control.clear();
  const response = await post(`${server.url}/api/chat/stream`, { model: SMALL, message: '100000 tokens' });
  let text = '';
  let stopped: Promise<Response> | undefined;
  let startMs = 0;
  let answerMs = 0;
  const decoder = new TextDecoder();
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece, { stream: true });
    if (stopped !== undefined || !text.includes('event: text')) continue;
    const id = /"generation_id":"([^"]+)"/.exec(text)?.[1] ?? '';
    startMs = performance.now();
    stopped = fetch(`${server.url}/api/generations/${id}/stop`, { method: 'POST' });
    void stopped.then(() => (answerMs = performance.now() - startMs));
  }
  await stopped;
  const left = (await engine.control.state()).events.find(({ type }) => type === 'left');
  if (left === undefined) throw new Error('the engine was not told');
  return { engineMs: left.atMs + offsetMs - startMs, answerMs };
}

const row = (name: string, values: readonly number[]): readonly string[] => [
  name,
  ...[0.5, 0.99, 1].map((share) => quantile(values, share).toFixed(1)),
];

// Both are known, and the code is warm.
for (let index = 0; index < 50; index += 1) await Promise.all([refuse(HUGE), refuse('nobody:latest')]);
await engine.control.clear();
const [huge, unknown]: [number[], number[]] = [[], []];
let last = await refuse(HUGE);
for (let index = 0; index < REFUSALS; index += 1) {
  last = await refuse(HUGE);
  if (last.code !== 'model_too_large') throw new Error(`refused with ${last.code}: ${last.detail}`);
  huge.push(last.ms);
  unknown.push((await refuse('nobody:latest')).ms);
}
const asked = (await engine.control.state()).events.filter(({ type, path }) => type === 'load-start' || /chat|generate/.test(path ?? ''));
if (asked.length > 0) throw new Error(`the engine was asked: ${JSON.stringify(asked)}`);
const offsetMs = await clockOffset();
const stops: Stop[] = [];
for (let index = 0; index < STOPS; index += 1) stops.push(await stopOne(offsetMs));

say(
  toTable([
    ['', 'p50 ms', 'p99 ms', 'longest ms'],
    row('a model that can never fit, refused', huge),
    row('a model that does not exist, refused', unknown),
    row(
      'stop, until the engine knows',
      stops.map(({ engineMs }) => engineMs),
    ),
    row(
      'stop, until it is answered',
      stops.map(({ answerMs }) => answerMs),
    ),
  ]),
);
say(`\nToo large ÷ unknown, p50: ${(quantile(huge, 0.5) / quantile(unknown, 0.5)).toFixed(1)}. It is told: ${last.detail}`);
