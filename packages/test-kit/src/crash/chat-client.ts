import { setTimeout as pause } from 'node:timers/promises';

import type { PlannedMove, Reading } from './plan-cycle.ts';
import { readStream } from './read-stream.ts';
import type { Transcript } from './transcript.ts';

/** A client that outlives the server: what it was not told it asks again, what it had not read to the end it reads on. */
export interface ChatClient {
  /** Chats with the server at the address until it is killed, or, without moves, until it has caught up. */
  live(options: LiveOptions): Promise<void>;
  /** Answers that it has not read to their end. */
  readonly unread: number;
}

export interface LiveOptions {
  readonly address: string;
  readonly moves: readonly PlannedMove[];
  readonly model: string;
  /** Whether the server has been killed: connections that break after that are no fault. */
  readonly isKilled: () => boolean;
  /** Aborts when it is time to give up what has not broken by itself. */
  readonly signal: AbortSignal;
}

interface Ask {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly kind: 'post' | 'regenerate';
  readonly reading: Reading;
  /** Sent twice at once. */
  readonly isRepeated?: boolean;
}

interface Accepted {
  readonly conversation_id: string;
  readonly message_id: string;
  readonly answer_id: string;
  readonly generation_id: string;
}

interface Question {
  readonly conversation: string;
  readonly parent: string | null;
  readonly answer: string;
}

/** What it remembers. */
interface Memory {
  readonly name: string;
  readonly transcript: Transcript;
  /** Its newest conversation, and the end of it. */
  conversation: string;
  head: string | null;
  /** Asked, and not answered yet. */
  pending: Ask | undefined;
  readonly questions: Question[];
  /** The next offset of each answer that is not read to its end, by reader. */
  readonly unread: Map<string, { readonly generation: string; readonly reader: string; next: number }>;
  ids: number;
}

/** Something that only a server which is gone may do. */
class Broken extends Error {}

export function createChatClient(name: string, transcript: Transcript): ChatClient {
  const memory: Memory = {
    name,
    transcript,
    conversation: `${name}-c0`,
    head: null,
    pending: undefined,
    questions: [],
    unread: new Map(),
    ids: 0,
  };
  return {
    get unread() {
      return memory.unread.size + (memory.pending === undefined ? 0 : 1);
    },
    async live(options) {
      try {
        await catchUp(memory, options);
        for (const planned of options.moves) {
          if (options.isKilled()) return;
          await play(memory, planned, options);
        }
      } catch (error) {
        if (error instanceof Broken && options.isKilled()) return;
        throw error;
      }
    },
  };
}

/** After a crash: the same question with the same id again, and every answer from where it was read. */
async function catchUp(memory: Memory, options: LiveOptions): Promise<void> {
  const unread = [...memory.unread.values()];
  await Promise.all(unread.map(({ generation, reader }) => read(memory, { generation, reader, leaveAfter: [] }, options)));
  if (memory.pending !== undefined) await ask(memory, memory.pending, options);
}

async function play(memory: Memory, { move, tokens, reading }: PlannedMove, options: LiveOptions): Promise<void> {
  if (move.kind === 'ask' && move.isNew) {
    memory.conversation = `${memory.name}-c${(memory.ids += 1)}`;
    memory.head = null;
  }
  if (move.kind === 'ask') {
    await ask(memory, { ...toPost(memory, { tokens, reading, model: options.model }), isRepeated: move.isRepeated }, options);
    return;
  }
  const question = memory.questions[Math.floor(move.chance * memory.questions.length)];
  if (question === undefined) return;
  await (move.kind === 'edit'
    ? ask(memory, toPost(memory, { tokens, reading, model: options.model }, question), options)
    : ask(memory, toRegeneration(memory, question, reading), options));
}

interface NewPost {
  readonly tokens: number;
  readonly reading: Reading;
  readonly model: string;
}

/** A question at the end of the conversation, or in the place of another one. */
function toPost(memory: Memory, { tokens, reading, model }: NewPost, inPlaceOf?: Question): Ask {
  const { transcript, name } = memory;
  const message = `${name}-m${(memory.ids += 1)}`;
  const conversation = inPlaceOf?.conversation ?? memory.conversation;
  const parent = inPlaceOf === undefined ? memory.head : inPlaceOf.parent;
  const isPilot = model.startsWith('pilot');
  const text = isPilot ? `Hello, this is ${message}. Who are you?` : `Say ${tokens} tokens for ${message}`;
  transcript.add({ type: 'asked', kind: 'post', message, conversation, text, parent, ...(!isPilot && { tokens }) });
  return {
    kind: 'post',
    path: `/api/conversations/${conversation}/messages`,
    body: { message_id: message, text, parent_id: parent, model },
    reading,
  };
}

function toRegeneration(memory: Memory, { conversation, answer }: Question, reading: Reading): Ask {
  const generation = `${memory.name}-g${(memory.ids += 1)}`;
  memory.transcript.add({ type: 'asked', kind: 'regenerate', generation, conversation, of: answer });
  return {
    kind: 'regenerate',
    path: `/api/conversations/${conversation}/messages/${answer}/regenerate`,
    body: { generation_id: generation },
    reading,
  };
}

async function ask(memory: Memory, asked: Ask, options: LiveOptions): Promise<void> {
  memory.pending = asked;
  // The same twice at once, as an impatient network does.
  const answers = await Promise.all(Array.from({ length: asked.isRepeated ? 2 : 1 }, () => post(memory, asked, options)));
  memory.pending = undefined;
  const accepted = answers[0];
  if (accepted === undefined) return;
  const { generation_id: generation, conversation_id: conversation, answer_id: answer, message_id: message } = accepted;
  if (asked.kind === 'post') {
    memory.questions.push({ conversation, parent: (asked.body['parent_id'] as string | null | undefined) ?? null, answer });
    if (conversation === memory.conversation) memory.head = answer;
  }
  const { reading } = asked;
  const readers = [
    read(memory, { generation, reader: memory.name, leaveAfter: reading.leaveAfter, stopAfter: reading.stopAfter }, options),
  ];
  if (reading.isTwice) readers.push(read(memory, { generation, reader: `${memory.name}-twice-${message}`, leaveAfter: [] }, options));
  await Promise.all(readers);
}

/** A machine that is busy with other things may keep the engine from answering the first look of a new server. */
const PATIENCE = 30;
const PATIENCE_MS = 500;

async function post(memory: Memory, { path, body, kind }: Ask, options: LiveOptions): Promise<Accepted | undefined> {
  let response = await send(path, body, options);
  for (let tries = 0; response.status === 404 && tries < PATIENCE; tries += 1) {
    await response.body?.cancel();
    await pause(PATIENCE_MS);
    response = await send(path, body, options);
  }
  const text = await response.text().catch(broken);
  if (response.status !== 202) {
    memory.transcript.add({ type: 'refused', request: `${path} ${JSON.stringify(body)}`, status: response.status, body: text });
    return undefined;
  }
  const accepted = JSON.parse(text) as Accepted;
  memory.transcript.add({
    type: 'acknowledged',
    kind,
    message: accepted.message_id,
    conversation: accepted.conversation_id,
    answer: accepted.answer_id,
    generation: accepted.generation_id,
  });
  return accepted;
}

interface Read {
  readonly generation: string;
  readonly reader: string;
  readonly leaveAfter: readonly number[];
  readonly stopAfter?: number | undefined;
}

/** Reads an answer to its end, through as many connections as it takes. */
async function read(memory: Memory, { generation, reader, leaveAfter, stopAfter }: Read, options: LiveOptions): Promise<void> {
  const key = `${reader} ${generation}`;
  const place = memory.unread.get(key) ?? { generation, reader, next: 0 };
  memory.unread.set(key, place);
  let stopping: Promise<void> | undefined;
  for (let connection = 0; ; connection += 1) {
    const limit = leaveAfter[connection] ?? Infinity;
    const leaving = new AbortController();
    const response = await send(`/api/generations/${generation}/events?from=${place.next}`, undefined, {
      ...options,
      signal: AbortSignal.any([options.signal, leaving.signal]),
    });
    if (!response.ok) {
      memory.transcript.add({ type: 'refused', request: `events of ${generation}`, status: response.status, body: await response.text() });
      memory.unread.delete(key);
      return;
    }
    let taken = 0;
    const stream = readStream(response);
    for (;;) {
      const next = await stream.next().catch(broken);
      if (next.done === true) break;
      memory.transcript.add({ type: 'shown', reader, generation, ...next.value });
      place.next = next.value.offset + 1;
      taken += 1;
      if (stopAfter !== undefined && place.next > stopAfter && stopping === undefined) {
        stopping = stop(memory, generation, options);
        // Whether it fails is asked at the end of the stream, if that comes.
        stopping.catch(() => {});
      }
      if (taken >= limit) break;
    }
    if (taken < limit) {
      memory.transcript.add({ type: 'stream-ended', reader, generation });
      memory.unread.delete(key);
      await stopping;
      return;
    }
    leaving.abort();
  }
}

async function stop(memory: Memory, generation: string, options: LiveOptions): Promise<void> {
  const path = `/api/generations/${generation}/stop`;
  const response = await send(path, {}, options);
  const text = await response.text().catch(broken);
  if (response.ok) memory.transcript.add({ type: 'stop-acknowledged', generation });
  else memory.transcript.add({ type: 'refused', request: path, status: response.status, body: text });
}

async function send(path: string, body: unknown, { address, signal }: Pick<LiveOptions, 'address' | 'signal'>): Promise<Response> {
  const init: RequestInit =
    body === undefined
      ? { signal }
      : { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' }, signal };
  return fetch(`${address}${path}`, init).catch(broken);
}

function broken(error: unknown): never {
  throw new Broken('the connection broke', { cause: error });
}
