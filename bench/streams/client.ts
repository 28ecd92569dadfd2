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
  /** Until there was a connection. */
  readonly connectedMs: number;
  /** Until the question was acknowledged. */
  readonly postedMs: number;
  readonly firstTokenMs: number;
  /** The longest time between two pieces that came, after the first token. */
  readonly silenceMs: number;
  readonly totalMs: number;
}

/** What following them took. */
export interface ClientEffort {
  readonly cpuMs: number;
  /** The share of the time in which its event loop was not waiting. */
  readonly busy: number;
}

const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

interface Sending {
  readonly body?: unknown;
  readonly from: string;
  readonly onConnect?: () => void;
}

function send(url: string, options: Sending): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { body, from, onConnect = () => {} } = options;
  const sent = request(
    url,
    // Loopback has many addresses, and the server counts streams by address.
    { agent, localAddress: from, method: body === undefined ? 'GET' : 'POST', headers: { 'content-type': 'application/json' } },
    resolve,
  );
  sent.on('error', reject);
  sent.on('socket', (socket) => (socket.connecting ? socket.once('connect', onConnect) : onConnect()));
  sent.end(body === undefined ? undefined : JSON.stringify(body));
  return promise;
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of response.setEncoding('utf8')) text += String(piece);
  return text;
}

/** The fields of an event. By hand: what the reader takes is taken from the server that is measured. Undefined: a comment. */
function readFields(block: string): { readonly offset: number; readonly event: string; readonly data: string } | undefined {
  const id = block.startsWith('id: ') ? 0 : block.indexOf('\nid: ') + 1;
  if (id === 0 && !block.startsWith('id: ')) return undefined;
  const event = block.indexOf('\nevent: ', id);
  const data = block.indexOf('\ndata: ', event);
  return { offset: Number(block.slice(id + 4, event)), event: block.slice(event + 8, data), data: block.slice(data + 7) };
}

async function follow(plan: Plan, index: number): Promise<FollowedAnswer> {
  const url = plan.urls[index % plan.urls.length] ?? '';
  const from = `127.0.1.${1 + (index % 200)}`;
  const startedMs = performance.now();
  const id = `${process.pid}-${index}`;
  let connectedMs = 0;
  const posted = await send(`${url}/api/conversations/c-${id}/messages`, {
    from,
    onConnect: () => (connectedMs = performance.now() - startedMs),
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
      const fields = readFields(block);
      if (fields === undefined) continue;
      if (fields.offset !== parts) throw new Error(`${generation}: the part ${fields.offset} came in the place of ${parts}`);
      end = fields.event;
      hash.update(`${fields.data}\n`);
      if (firstTokenMs === 0 && end === 'text') firstTokenMs = performance.now() - startedMs;
      parts += 1;
    }
  }
  return {
    generation,
    parts,
    digest: hash.digest('hex'),
    end,
    connectedMs,
    postedMs,
    firstTokenMs,
    silenceMs,
    totalMs: performance.now() - startedMs,
  };
}

let input = '';
for await (const piece of process.stdin.setEncoding('utf8')) input += String(piece);
const plan = JSON.parse(input) as Plan;
const startedLoop = performance.eventLoopUtilization();
await Promise.all(
  Array.from({ length: plan.streams }, async (_, index) => {
    await new Promise((resolve) => setTimeout(resolve, (plan.spreadMs * index) / plan.streams));
    process.stdout.write(`${JSON.stringify(await follow(plan, index))}\n`);
  }),
);
agent.destroy();
// The last line: what all this took here. Who has no time to read makes everything look late.
const { user, system } = process.cpuUsage();
const { utilization } = performance.eventLoopUtilization(performance.eventLoopUtilization(), startedLoop);
process.stdout.write(`${JSON.stringify({ cpuMs: (user + system) / 1_000, busy: utilization } satisfies ClientEffort)}\n`);
