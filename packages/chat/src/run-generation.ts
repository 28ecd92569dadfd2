import { Problem, sleep } from '@pilotlight/contract';
import type { Clock, Gateway, GatewayPart, Receipt } from '@pilotlight/contract';

import { decideEnding, toAnswerProblem, withReceipt } from './answer-ending.ts';
import type { Outcome, WrittenAnswer } from './answer-ending.ts';
import type { ChatLog } from './chat-log.ts';
import type { ChatSettings } from './chat-settings.ts';
import type { ChatStore, ConversationRecord } from './chat-store.ts';
import { endFromStore } from './end-from-store.ts';
import type { UnstoredEnd } from './end-from-store.ts';
import type { LiveLog } from './live-log.ts';
import { toStorageProblem } from './log-writer.ts';
import type { LogTail } from './log-writer.ts';
import type { OpenedAnswer } from './open-answer.ts';
import { packParts } from './pack-parts.ts';
import { createReceiptTally } from './receipt-tally.ts';
import { createWrittenText } from './written-text.ts';

/** A generation that runs in this process. */
export interface RunningGeneration {
  readonly id: string;
  readonly conversationId: string;
  readonly live: LiveLog;
  /** Asks it to end: as stopped, or as failed for this reason. Only the first call counts. */
  end(cause: 'stopped' | Problem): void;
  /** Resolves when its end was stored, or, with the problem, when that could not be done at the first try. Never rejects. */
  readonly ended: Promise<Problem | undefined>;
}

export interface RunOptions {
  readonly gateway: Pick<Gateway, 'model'>;
  readonly store: ChatStore;
  readonly clock: Clock;
  readonly log: ChatLog;
  readonly settings: ChatSettings;
  readonly asked: { readonly task: string; readonly model: string | undefined; readonly requestId: string };
  readonly opened: OpenedAnswer;
  readonly conversationId: string;
  readonly epoch: number;
  readonly live: LiveLog;
  readonly tail: LogTail;
  /** Ends the attempts to store an end that could not be stored. */
  readonly closing: AbortSignal;
  /** What the log began with, if the answer goes on from another. */
  readonly written?: WrittenAnswer | undefined;
  /** What the chat knows and a receipt does not. */
  readonly toReceipt: (receipt: Receipt) => Receipt;
  /** The end is stored; or it is not, for now: then without a conversation. */
  readonly onEnd: (conversation: ConversationRecord | undefined) => void;
}

/** Drives the gateway's stream into the log. The generation goes on until its end, whoever reads. */
export function runGeneration(options: RunOptions): RunningGeneration {
  const { live, clock, settings } = options;
  const { controller } = options.opened;
  const abandoned = Promise.withResolvers<void>();
  let cause: 'stopped' | Problem | undefined;

  const ended = run(options, {
    abandoned: abandoned.promise,
    cause: () => cause,
  });
  return {
    id: live.generationId,
    conversationId: options.conversationId,
    live,
    ended,
    end(reason) {
      if (cause !== undefined) return;
      cause = reason;
      const grace = clock.after(settings.stopGraceMs, () => abandoned.resolve());
      void ended.then(() => grace[Symbol.dispose]());
      controller.abort(new DOMException('The generation was ended.', 'AbortError'));
    },
  };
}

interface Control {
  /** Resolves when an aborted gateway has had its time. */
  readonly abandoned: Promise<void>;
  cause(): 'stopped' | Problem | undefined;
}

async function run(options: RunOptions, control: Control): Promise<Problem | undefined> {
  const { tail, live, log, asked, opened } = options;
  const tally = createReceiptTally({
    clock: options.clock,
    task: asked.task,
    requestedModel: asked.model,
    engineOf: (model) => options.gateway.model(model)?.engine,
  });
  const written = createWrittenText(options.written);
  let isOver = false;

  /** Takes one part; returns why it must be the last, if so. */
  function accept(part: GatewayPart): Outcome | undefined {
    if (isOver) return toOutcome();
    if (part.type === 'finish') return { kind: 'finished', part };
    tally.observe(part);
    written.add(part);
    tail.add(part);
    const problem = overLimit(written.length, live, options.settings);
    return problem && { kind: 'failed', problem, receipt: tally.stopped() };
  }

  function toOutcome(): Outcome {
    const cause = control.cause();
    if (cause === 'stopped') return { kind: 'stopped', receipt: tally.stopped() };
    const problem = cause ?? new Problem('answer_cut', 'The stream ended without an end marker.');
    return { kind: 'failed', problem, receipt: tally.stopped() };
  }

  const outcome = await Promise.race([
    drive(options, { accept, toOutcome }),
    tail.failed.then((): Outcome => {
      opened.controller.abort(new DOMException('The answer cannot be stored.', 'AbortError'));
      return { kind: 'failed', problem: notStored(tail) };
    }),
    control.abandoned.then(() => {
      log.warn({ generation_id: live.generationId, request_id: asked.requestId }, 'the gateway did not end an answer that was given up');
      return toOutcome();
    }),
  ]);
  isOver = true;
  const rest = await tail.seal();
  report(log, options, outcome);
  if (tail.failure !== undefined) return endLater(options, { problem: notStored(tail) });
  return store(options, { ...rest, ending: withReceipt(decideEnding(outcome, written.whole()), options.toReceipt) });
}

interface Driver {
  readonly accept: (part: GatewayPart) => Outcome | undefined;
  readonly toOutcome: () => Outcome;
}

/** Reads the gateway's stream to its end. Never rejects. */
async function drive({ opened, tail }: RunOptions, { accept, toOutcome }: Driver): Promise<Outcome> {
  const { controller } = opened;
  try {
    for (;;) {
      const next = await opened.next();
      if (next.done === true) return toOutcome();
      const outcome = accept(next.value);
      if (outcome !== undefined) {
        if (outcome.kind !== 'finished') controller.abort(new DOMException('The answer is not wanted any more.', 'AbortError'));
        opened.close();
        return outcome;
      }
      if (tail.isFull) await tail.room();
    }
  } catch (error) {
    return controller.signal.aborted ? toOutcome() : { kind: 'failed', problem: toAnswerProblem(error) };
  }
}

function overLimit(length: number, live: LiveLog, settings: ChatSettings): Problem | undefined {
  if (length > settings.maxAnswerCharacters) {
    return new Problem('answer_cut', `It reached the limit of ${settings.maxAnswerCharacters} characters for one answer.`);
  }
  if (live.nextOffset > settings.maxLogParts) {
    return new Problem('answer_cut', `Its log reached the limit of ${settings.maxLogParts} parts.`);
  }
  return undefined;
}

function notStored(tail: LogTail): Problem {
  return tail.failure instanceof Problem ? tail.failure : new Problem('interrupted', 'Another process took this answer over.');
}

function report(log: ChatLog, { live, asked, conversationId }: RunOptions, outcome: Outcome): void {
  const fields = { generation_id: live.generationId, conversation_id: conversationId, request_id: asked.requestId };
  if (outcome.kind !== 'failed') log.info({ ...fields, outcome: outcome.kind }, 'an answer has ended');
  else if (outcome.problem.code === 'internal_error')
    log.error({ ...fields, code: 'internal_error', err: outcome.problem.cause }, 'an answer failed');
  else {
    const { code, detail, facts } = outcome.problem;
    // With a receipt it comes from the gateway, which has said it; a server that ends is no fault.
    const isSaid = code === 'interrupted' || facts['receipt'] !== undefined;
    log[isSaid ? 'info' : 'warn']({ ...fields, code, detail }, 'an answer failed');
  }
}

/** Stores the end; then closes the log for its readers. */
async function store(options: RunOptions, unstored: UnstoredEnd): Promise<Problem | undefined> {
  const { live, epoch, clock } = options;
  const parts = [...unstored.parts, unstored.ending.terminal];
  const { generationId } = live;
  try {
    const group = { generationId, epoch, firstOffset: unstored.firstOffset, count: parts.length, parts: packParts(parts) };
    const result = await options.store.end({ group, answer: unstored.ending.answer, atMs: clock.now() });
    if (result.outcome === 'ended') live.commit(parts, 0);
    options.onEnd(result.outcome === 'ended' ? result.conversation : undefined);
    live.close('closed');
    return undefined;
  } catch (error) {
    return endLater(options, { problem: toStorageProblem(error), unstored });
  }
}

interface FailedEnd {
  readonly problem: Problem;
  readonly unstored?: UnstoredEnd;
}

/** The store failed: ends with what it has, at once if it works again, else by and by. Readers are told as soon as it is known. */
async function endLater(options: RunOptions, failed: FailedEnd): Promise<Problem | undefined> {
  const { live, log, onEnd } = options;
  const first = await tryToEnd(options, failed);
  if (first.outcome === 'stored') {
    onEnd(first.conversation);
    live.close('closed');
    return undefined;
  }
  log.error({ generation_id: live.generationId, err: failed.problem }, 'the end of an answer could not be stored; it is tried again');
  onEnd(undefined);
  live.close(failed.problem);
  void keepTrying(options, failed);
  return failed.problem;
}

async function keepTrying(options: RunOptions, failed: FailedEnd): Promise<void> {
  const { clock, closing, settings, live, log } = options;
  for (let delayMs = settings.retryMs; ; delayMs = Math.min(delayMs * 2, settings.maxRetryMs)) {
    try {
      await sleep(clock, delayMs, closing);
    } catch {
      return;
    }
    const result = await tryToEnd(options, failed);
    if (result.outcome === 'failed') continue;
    log.info({ generation_id: live.generationId }, 'the end of an answer is stored now');
    options.onEnd(result.conversation);
    return;
  }
}

type Attempt = { readonly outcome: 'stored'; readonly conversation: ConversationRecord | undefined } | { readonly outcome: 'failed' };

async function tryToEnd({ store: chatStore, live, clock, settings }: RunOptions, { problem, unstored }: FailedEnd): Promise<Attempt> {
  try {
    const { generationId } = live;
    const options = { store: chatStore, generationId, problem, unstored, atMs: clock.now(), pageCharacters: settings.pageCharacters };
    return { outcome: 'stored', conversation: await endFromStore(options) };
  } catch {
    return { outcome: 'failed' };
  }
}
