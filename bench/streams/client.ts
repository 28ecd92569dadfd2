import { createHash } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';

/**
 * Follows many answers at once, in a process of its own so that it takes no time from what is measured. The first line of standard input is its plan; each answer
 * that has ended is a line of standard output.
 */
interface Plan {
  readonly urls: readonly string[];
  readonly model: string;
  readonly streams: number;
  readonly tokens: number;
  /** The answers begin spread over this time. */
  readonly spreadMs: number;
}

export interface FollowedAnswer {
  readonly generation: string;
  /** How many parts came, each with the offset after the last. */
  readonly parts: number;
  /** Of the data of all parts, in order. */
  readonly digest: string;
  readonly end: string;
  /** Until the question was acknowledged. */
  readonly postedMs: number;
  readonly firstTokenMs: number;
  /** The longest time between two pieces that came, after the first token. */
  readonly silenceMs: number;
  readonly totalMs: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

function send(url: string, options: { readonly body?: unknown; readonly from: string }): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { body, from } = options;
  const sent = request(
    url,
    // Loopback has many addresses, and the server counts streams by address.
    { agent, localAddress: from, method: body === undefined ? 'GET' : 'POST', headers: { 'content-type': 'application/json' } },
    resolve,
  );
  sent.on('error', reject);
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of response.setEncoding('utf8')) text += String(piece);
  return text;
}

async function follow(plan: Plan, index: number): Promise<FollowedAnswer> {
  const url = plan.urls[index % plan.urls.length] ?? '';
  const from = `127.0.1.${1 + (index % 200)}`;
  const startedMs = performance.now();
  const id = `${process.pid}-${index}`;
  const posted = await send(`${url}/api/conversations/c-${id}/messages`, {
    from,
    body: { message_id: `m-${id}`, text: `Say ${plan.tokens} tokens`, model: plan.model },
  });
  const answer = await textOf(posted);
  if (posted.statusCode !== 202) throw new Error(`a post got ${posted.statusCode} ${answer}`);
  const postedMs = performance.now() - startedMs;
  const { generation_id: generation } = JSON.parse(answer) as { readonly generation_id: string };
  const events = await send(`${url}/api/generations/${generation}/events`, { from });
  if (events.statusCode !== 200) throw new Error(`a stream got ${events.statusCode} ${await textOf(events)}`);
  const hash = createHash('sha256');
  let [rest, parts, end, firstTokenMs, silenceMs, lastMs] = ['', 0, '', 0, 0, 0];
  for await (const piece of events.setEncoding('utf8')) {
    const nowMs = performance.now();
    if (firstTokenMs > 0) silenceMs = Math.max(silenceMs, nowMs - lastMs);
    lastMs = nowMs;
    const blocks = (rest + String(piece)).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const offset = /^id: (\d+)$/m.exec(block)?.[1];
      if (offset === undefined) continue;
      if (Number(offset) !== parts) throw new Error(`${generation}: the part ${offset} came in the place of ${parts}`);
      end = /^event: (.*)$/m.exec(block)?.[1] ?? '';
      hash.update(`${block.slice(block.indexOf('\ndata: ') + 7)}\n`);
      if (firstTokenMs === 0 && end === 'text') firstTokenMs = performance.now() - startedMs;
      parts += 1;
    }
  }
  return { generation, parts, digest: hash.digest('hex'), end, postedMs, firstTokenMs, silenceMs, totalMs: performance.now() - startedMs };
}

let input = '';
for await (const piece of process.stdin.setEncoding('utf8')) input += String(piece);
const plan = JSON.parse(input) as Plan;
await Promise.all(
  Array.from({ length: plan.streams }, async (_, index) => {
    await new Promise((resolve) => setTimeout(resolve, (plan.spreadMs * index) / plan.streams));
    process.stdout.write(`${JSON.stringify(await follow(plan, index))}\n`);
  }),
);
agent.destroy();
