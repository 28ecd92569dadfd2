import { Agent, request } from 'node:http';

/** What one answer took, as its reader saw it. */
export interface AnswerTimes {
  readonly firstTokenMs: number;
  readonly totalMs: number;
  readonly tokens: number;
}

/** An address that streams answers. */
export interface Target {
  readonly name: string;
  readonly url: string;
  readonly body: string;
  readonly token?: string | undefined;
  /** Stands once in the stream for each token. */
  readonly tokenMark: string;
  /** Stands in the end of a whole answer. */
  readonly endMark: string;
}

const agent = new Agent({ keepAlive: true, maxSockets: Infinity });

/** Asks once and reads to the end. Throws if the answer is not whole. */
export function askStream(target: Target): Promise<AnswerTimes> {
  const { promise, resolve, reject } = Promise.withResolvers<AnswerTimes>();
  const startedMs = performance.now();
  let firstTokenMs = 0;
  let text = '';
  const headers = {
    'content-type': 'application/json',
    ...(target.token !== undefined && { authorization: `Bearer ${target.token}` }),
  };
  const sent = request(target.url, { method: 'POST', agent, headers }, (response) => {
    response.setEncoding('utf8');
    response.on('data', (piece: string) => {
      if (firstTokenMs === 0 && (text + piece).includes(target.tokenMark)) firstTokenMs = performance.now() - startedMs;
      text += piece;
    });
    response.on('error', reject);
    response.on('end', () => {
      const totalMs = performance.now() - startedMs;
      if (response.statusCode !== 200 || !text.includes(target.endMark)) {
        reject(new Error(`${target.name}: status ${response.statusCode}, no whole answer: ${text.slice(-300)}`));
      } else resolve({ firstTokenMs, totalMs, tokens: text.split(target.tokenMark).length - 1 });
    });
  });
  sent.on('error', reject);
  sent.end(target.body);
  return promise;
}

/** The fake engine as Ollama's own clients ask it. */
export function directTarget(url: string, model: string): Target {
  return {
    name: 'direct',
    url: `${url}/api/chat`,
    body: JSON.stringify({ model, messages: [{ role: 'user', content: 'Go on.' }] }),
    tokenMark: '"done":false',
    endMark: '"done":true',
  };
}

/** A question to the server, which names a model or leaves its choice to the route of a task. */
interface ThroughQuestion {
  readonly name: string;
  readonly model?: string;
  readonly task?: string;
  readonly token?: string;
}

/** The same through the server, with the durable log. */
export function throughTarget(url: string, { name, token, model, task }: ThroughQuestion): Target {
  return {
    name,
    token,
    url: `${url}/api/chat/stream`,
    body: JSON.stringify({ model, task, message: 'Go on.' }),
    tokenMark: 'event: text\n',
    endMark: 'event: finish\n',
  };
}
