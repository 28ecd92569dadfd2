import { parseArgs } from 'node:util';

import { EXPORT_FORMAT, EXPORT_VERSION } from '@pilotlight/contract';
import { startFakeEngine } from '@pilotlight/test-kit';

import { launchBrowser } from '../../e2e/browser.ts';
import { buildWebIfStale } from '../../scripts/build-web.mjs';
import { quantile, toTable } from '../overhead/figures.ts';
import { startMeasuredServer } from '../overhead/server-process.ts';
import { madeStream, madeThread } from './made-thread.ts';
import { measureFirstLoad } from './measure-first-load.ts';
import { measureOpening, measureStreaming } from './measure-thread.ts';

// The page in a real browser, towards a real server: first load, a long thread, and typing while an answer streams into it.
// npm run bench:page -- [--rounds 5] [--messages 5000] [--rate 50] [--seconds 15]

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    messages: { type: 'string', default: '5000' },
    rate: { type: 'string', default: '50' },
    seconds: { type: 'string', default: '15' },
  },
});
const rounds = Number(values.rounds);
const messages = Number(values.messages);
const seconds = Number(values.seconds);
const rate = Number(values.rate);
const MODEL = 'bench:latest';
const ROOT = new URL('../..', import.meta.url).pathname;

async function repeat<Result>(times: number, measure: () => Promise<Result>): Promise<Result[]> {
  const results: Result[] = [];
  for (let round = 0; round < times; round += 1) results.push(await measure());
  return results;
}

async function importThread(url: string): Promise<string> {
  const body = {
    format: EXPORT_FORMAT,
    version: EXPORT_VERSION,
    exported_at: new Date().toISOString(),
    conversations: [madeThread(messages)],
  };
  const response = await fetch(`${url}/api/conversations/import`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`the thread was not taken in: ${await response.text()}`);
  const { imported } = (await response.json()) as { imported: readonly { conversation: { id: string } }[] };
  return imported[0]?.conversation.id ?? '';
}

interface Line {
  readonly what: string;
  readonly values: readonly number[];
  readonly limit: number;
  readonly unit: string;
}

function toRow({ what, values: seen, limit, unit }: Line): string[] {
  const digits = limit < 10 ? 1 : 0;
  const middle = quantile(seen, 0.5);
  return [
    what,
    `${middle.toFixed(digits)} ${unit}`,
    seen.length === 1 ? '' : `${Math.min(...seen).toFixed(digits)} to ${Math.max(...seen).toFixed(digits)}`,
    `${limit} ${unit}`,
    middle <= limit ? '' : 'OVER',
  ];
}

buildWebIfStale(ROOT, process.execPath);
await using engine = await startFakeEngine({
  models: [{ name: MODEL, answer: madeStream((seconds * 2 + 20) * rate) }],
  tokensPerSecond: rate,
});
await using server = await startMeasuredServer({ OLLAMA_HOST: engine.url, OLLAMA_MODEL: MODEL, PILOTLIGHT_MODELS: '' });
const browser = await launchBrowser();
const id = await importThread(server.url);
const threadUrl = `${server.url}/c/${id}`;

// The first visit of all also fills the caches of the machine; it is not counted.
await measureFirstLoad(browser, server.url);
const loads = await repeat(rounds, () => measureFirstLoad(browser, server.url));
const openings = await repeat(rounds, () => measureOpening(browser, threadUrl, messages));
const streamed = await measureStreaming(browser, threadUrl, { model: MODEL, question: 'Write on.', seconds });
await browser.close();

const lines: Line[] = [
  { what: 'first load: scripts, gzip', values: loads.map(({ scriptKiB }) => scriptKiB), limit: 170, unit: 'KiB' },
  { what: 'first load: styles, gzip', values: loads.map(({ styleKiB }) => styleKiB), limit: 30, unit: 'KiB' },
  { what: 'first load: requests', values: loads.map(({ requests }) => requests), limit: 40, unit: '' },
  { what: 'first load: one can type', values: loads.map(({ usableMs }) => usableMs), limit: 700, unit: 'ms' },
  { what: `${messages} messages: shown`, values: openings.map(({ shownMs }) => shownMs), limit: 1000, unit: 'ms' },
  { what: `${messages} messages: all there`, values: openings.map(({ wholeMs }) => wholeMs), limit: Infinity, unit: 'ms' },
  { what: `a key while ${rate} tokens/s come, p75 of ${streamed.keys}`, values: [streamed.p75Ms], limit: 100, unit: 'ms' },
  { what: 'a key meanwhile, the slowest', values: [streamed.worstMs], limit: Infinity, unit: 'ms' },
  { what: `script for a token, mean of ${streamed.tokens}`, values: [streamed.scriptMs], limit: 4, unit: 'ms' },
  { what: 'all work of the page for a token', values: [streamed.allMs], limit: Infinity, unit: 'ms' },
];
process.stdout.write(`${toTable([['', 'median', 'of all', 'budget', ''], ...lines.map(toRow)])}\n`);
if (lines.some(({ values: seen, limit }) => quantile(seen, 0.5) > limit)) process.exitCode = 1;
