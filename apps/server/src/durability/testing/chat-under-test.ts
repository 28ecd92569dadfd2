import { createChat } from '@pilotlight/chat';
import type { ChatSettings, ChatStore } from '@pilotlight/chat';
import type { Accepted, Chat, ChatEvent, GatewayPart, GenerateRequest, LoggedPart, Problem, Question } from '@pilotlight/contract';
import { openStorage } from '@pilotlight/storage';
import type { Storage } from '@pilotlight/storage';
import { createManualClock, createSeededRandomness } from '@pilotlight/test-kit';
import type { ManualClock } from '@pilotlight/test-kit';

import { createScriptedGateway, RECEIPT } from '../../testing/scripted-gateway.ts';
import type { Script } from '../../testing/scripted-gateway.ts';

/** An answer that a test gives piece by piece. */
export interface HandFedAnswer {
  readonly request: GenerateRequest;
  readonly signal: AbortSignal;
  /** Whether the gateway's stream has come to its end, as the engine sees it. */
  readonly isFreed: boolean;
  say(...texts: string[]): void;
  give(part: GatewayPart): void;
  finish(reason?: 'stop' | 'length'): void;
  fail(error: Error): void;
  /** Ends the stream without an end marker. */
  cut(): void;
}

export interface ChatUnderTest extends AsyncDisposable {
  readonly chat: Chat;
  readonly clock: ManualClock;
  readonly store: ChatStore;
  readonly answers: readonly HandFedAnswer[];
  readonly events: readonly ChatEvent[];
  /** Posts a question and lets its generation begin. */
  ask(id: string, over?: Partial<Question>): Promise<Accepted>;
  /** The newest answer that is being given. */
  readonly answer: () => HandFedAnswer;
}

export interface ChatUnderTestOptions {
  readonly storage?: Pick<Storage, 'chats' | typeof Symbol.asyncDispose>;
  readonly clock?: ManualClock;
  readonly settings?: Partial<ChatSettings>;
  /** In place of answers that are given by hand. */
  readonly script?: Script;
}

let seeds = 0;

/** The real chat over the real storage, in memory unless one is given, with a gateway and a clock in the hand of the test. */
export async function openChatUnderTest(options: ChatUnderTestOptions = {}): Promise<ChatUnderTest> {
  const clock = options.clock ?? createManualClock();
  const storage = options.storage ?? (await openStorage({ location: { memory: true }, clock }));
  const memory = await openStorage({ location: { memory: true }, clock });
  const answers: HandFedAnswer[] = [];
  const events: ChatEvent[] = [];
  const gateway = createScriptedGateway();
  gateway.script = options.script ?? ((request, signal) => handFed(request, signal, answers));
  const { chats: store } = storage;
  const chat = createChat({
    gateway,
    store,
    temporaryStore: memory.chats,
    clock,
    randomness: createSeededRandomness((seeds += 1)),
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    ...(options.settings !== undefined && { settings: options.settings }),
  });
  chat.subscribe((event) => events.push(event));
  return {
    chat,
    clock,
    store,
    answers,
    events,
    async ask(id, over = {}) {
      const accepted = await chat.post(toQuestion(id, over));
      await clock.settle();
      return accepted;
    },
    answer() {
      const answer = answers.at(-1);
      if (answer === undefined) throw new Error('no answer was begun');
      return answer;
    },
    async [Symbol.asyncDispose]() {
      await clock.advanceUntil(chat[Symbol.asyncDispose]());
      await memory[Symbol.asyncDispose]();
      if (options.storage === undefined) await storage[Symbol.asyncDispose]();
    },
  };
}

export function toQuestion(id: string, over: Partial<Question> = {}): Question {
  return {
    conversationId: 'c',
    messageId: id,
    text: `Question ${id}`,
    task: 'chat',
    options: {},
    priority: 'interactive',
    requestId: 'r',
    ...over,
  };
}

async function* handFed(request: GenerateRequest, signal: AbortSignal, answers: HandFedAnswer[]): AsyncGenerator<GatewayPart> {
  const queue: (() => GatewayPart | undefined)[] = [];
  let changed = Promise.withResolvers<void>();
  let isFreed = false;
  const put = (take: () => GatewayPart | undefined): void => {
    queue.push(take);
    changed.resolve();
  };
  answers.push({
    request,
    signal,
    get isFreed() {
      return isFreed;
    },
    say: (...texts) => texts.forEach((text) => put(() => ({ type: 'text', text }))),
    give: (part) => put(() => part),
    finish: (reason = 'stop') => put(() => ({ type: 'finish', reason, receipt: RECEIPT })),
    fail: (error) =>
      put(() => {
        throw error;
      }),
    cut: () => put(() => undefined),
  });
  signal.addEventListener('abort', () => changed.resolve());
  try {
    for (;;) {
      signal.throwIfAborted();
      const take = queue.shift();
      if (take === undefined) {
        await changed.promise;
        changed = Promise.withResolvers<void>();
        continue;
      }
      const part = take();
      if (part === undefined) return;
      yield part;
    }
  } finally {
    isFreed = true;
  }
}

/** Reads a log to its end. */
export async function readAll(chat: Chat, generationId: string, from = 0): Promise<LoggedPart[]> {
  const parts: LoggedPart[] = [];
  for await (const part of chat.follow(generationId, from, new AbortController().signal)) parts.push(part);
  return parts;
}

/** The text of the parts, one after the other. */
export function textOf(parts: readonly LoggedPart[]): string {
  return parts.map(({ part }) => (part.type === 'text' ? part.text : '')).join('');
}

/** The problem with which the promise rejects. */
export async function problemOf(promise: Promise<unknown>): Promise<Problem> {
  return promise.then(
    () => {
      throw new Error('it should have failed');
    },
    (error: unknown) => error as Problem,
  );
}
