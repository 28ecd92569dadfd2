import { Problem, sleep } from '@pilotlight/contract';
import type { Clock, Gateway, ModelView, Randomness } from '@pilotlight/contract';

import type { ChatLog } from '../chat-log.ts';
import type { ChatStore, ConversationRecord } from '../chat-store.ts';
import { toTitle } from '../title.ts';
import { cleanTitle } from './clean-title.ts';
import { toTitleRequest } from './title-request.ts';

export interface TitlesOptions {
  readonly gateway: Gateway;
  readonly store: Pick<ChatStore, 'conversation' | 'retitle'>;
  readonly clock: Clock;
  readonly randomness: Randomness;
  readonly log: ChatLog;
  /** False: the first words stay. */
  readonly isOn: boolean;
  /** Models whose titles are worse than the first words. */
  readonly excludedModels: readonly string[];
  readonly onTitle: (conversation: ConversationRecord) => void;
}

/** Makes titles in the background. */
export interface Titles extends Disposable {
  /** One of the first answers of a conversation is there. */
  consider(conversationId: string): void;
  /** Resolves when nothing is under way. */
  readonly idle: Promise<void>;
}

/** A conversation that has gone on so far keeps its first words. */
export const MOST_MESSAGES = 6;
const MOST_WAITING = 20;
const MOST_TRIES = 3;
const PAUSE_MS = 5_000;
const MOST_TOKENS = 32;

/**
 * Puts a title in the place of a question's first words, one conversation after the other, with a model that is in memory and idle. It is background work of the
 * gateway: it loads and unloads nothing, and gives way to every request. A title that a person has given, or that is no longer the first words, stays.
 */
export function createTitles(options: TitlesOptions): Titles {
  const ending = new AbortController();
  const waiting: string[] = [];
  let running: Promise<void> = Promise.resolve();
  let isRunning = false;

  async function run(): Promise<void> {
    for (let id = waiting.shift(); id !== undefined && !ending.signal.aborted; id = waiting.shift()) {
      try {
        await improve(options, id, ending.signal);
      } catch (error) {
        if (!ending.signal.aborted) options.log.warn({ conversation_id: id, err: error }, 'a title could not be made');
      }
    }
    isRunning = false;
  }

  return {
    consider(conversationId) {
      if (!options.isOn || ending.signal.aborted) return;
      waiting.push(conversationId);
      if (waiting.length > MOST_WAITING) waiting.shift();
      if (isRunning) return;
      isRunning = true;
      running = run();
    },
    get idle() {
      return running;
    },
    [Symbol.dispose]: () => ending.abort(new DOMException('The chat is closed.', 'AbortError')),
  };
}

async function improve(options: TitlesOptions, conversationId: string, signal: AbortSignal): Promise<void> {
  const { store, clock } = options;
  const tree = await store.conversation(conversationId);
  const [question] = tree?.messages ?? [];
  const answer = tree?.messages.find(({ role, state }) => role === 'assistant' && state === 'complete');
  if (question === undefined || answer === undefined) return;
  const former = toTitle(question.content);
  if (tree?.conversation.title !== former) return;
  for (let tries = 1; tries <= MOST_TRIES; tries += 1) {
    const model = chooseModel(options, answer.model);
    if (model === undefined) return;
    const outcome = await ask(options, { model, question: question.content, answer: answer.content, signal });
    if (outcome.type === 'text') {
      const title = cleanTitle(outcome.text);
      const record = title === undefined ? undefined : await store.retitle(conversationId, former, title);
      if (record !== undefined) options.onTitle(record);
      return;
    }
    if (outcome.type === 'failed') return;
    await sleep(clock, PAUSE_MS, signal);
  }
}

/** The model of the route for titles if it is in memory and idle, else the one that has answered. */
function chooseModel({ gateway, excludedModels }: TitlesOptions, answered: string | undefined): string | undefined {
  // Another model that writes needs the same machine.
  if (!gateway.models().models.every(isAtRest)) return undefined;
  const views = [gateway.modelFor('title'), answered === undefined ? undefined : gateway.model(answered)];
  return views.find((view) => view !== undefined && isIdle(view) && !excludedModels.includes(view.name))?.name;
}

function isIdle(view: ModelView): boolean {
  return view.ready && isAtRest(view);
}

function isAtRest({ active, queued }: ModelView): boolean {
  return active === 0 && queued === 0;
}

interface Asked {
  readonly model: string;
  readonly question: string;
  readonly answer: string;
  readonly signal: AbortSignal;
}

/** Where there are more slots than one the gateway would let both write, and each would be slower. */
const GIVEN_UP = new DOMException('Somebody wants an answer.', 'AbortError');

type Outcome = { readonly type: 'text'; readonly text: string } | { readonly type: 'gave_way' } | { readonly type: 'failed' };

async function ask({ gateway, randomness, log }: TitlesOptions, { model, question, answer, signal }: Asked): Promise<Outcome> {
  const texts: string[] = [];
  const given = new AbortController();
  using _busy = gateway.subscribe((event) => {
    if (event.type !== 'model') return;
    const others = event.model.active + event.model.queued - (event.model.name === model ? 1 : 0);
    if (others > 0) given.abort(GIVEN_UP);
  });
  try {
    const parts = gateway.generate(
      {
        model,
        task: 'title',
        messages: toTitleRequest(question, answer),
        options: { max_tokens: MOST_TOKENS, temperature: 0, thinking: false },
        priority: 'background',
        requestId: randomness.id(),
        label: 'a title',
      },
      AbortSignal.any([signal, given.signal]),
    );
    for await (const part of parts) if (part.type === 'text') texts.push(part.text);
    return { type: 'text', text: texts.join('') };
  } catch (error) {
    if (!signal.aborted && given.signal.aborted) return { type: 'gave_way' };
    if (signal.aborted || !(error instanceof Problem)) throw error;
    log.info({ code: error.code, detail: error.detail }, 'a title was given up');
    // Whoever it gave way to will be done some time; anything else is not waited for.
    return { type: error.code === 'queue_full' ? 'gave_way' : 'failed' };
  }
}
