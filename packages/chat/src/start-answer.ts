import { Problem } from '@pilotlight/contract';
import type { Accepted, AppliedSettings, GenerateRequest, Receipt } from '@pilotlight/contract';

import { toReceiptWith } from './apply-settings.ts';
import { toAccepted } from './begin-generation.ts';
import type { Continued, Prepared } from './begin-generation.ts';
import type { BeginResult, BranchMessage, ConversationRecord } from './chat-store.ts';
import { createComposer } from './context/compose-prompt.ts';
import type { Composer } from './context/compose-prompt.ts';
import { branchSystem, toContext } from './conversation-tree.ts';
import { isShown } from './deletions.ts';
import type { House } from './house.ts';
import { createLiveLog } from './live-log.ts';
import { toStorageProblem } from './log-writer.ts';
import { openAnswer } from './open-answer.ts';
import type { OpenedAnswer } from './open-answer.ts';
import { unpackParts } from './pack-parts.ts';
import { runGeneration } from './run-generation.ts';
import type { RunningGeneration } from './run-generation.ts';
import { MOST_MESSAGES } from './titles/improve-titles.ts';
import { toSummary } from './views.ts';

/** Who asks, and where. */
export interface Asker extends Pick<GenerateRequest, 'priority' | 'requestId'> {
  /** Absent: in a conversation that nobody else knows. */
  readonly conversationId?: string | undefined;
}

/** Stores what is asked and starts its answer; resolves when both are so, and the first of them on the disk. */
export async function startAnswer(house: House, prepare: () => Promise<Prepared>, asker: Asker): Promise<Accepted> {
  const accepted = (async () => store(house, await prepare(), asker))();
  const own = { conversationId: asker.conversationId, accepted };
  house.beginnings.add(own);
  try {
    return await accepted;
  } finally {
    house.beginnings.delete(own);
  }
}

/**
 * The engine is asked while the disk is synced; whoever asked hears of it after that. Where all that is sent is known before the question is stored, as in a new
 * conversation, the engine is asked while that is done too. Nothing that it says goes anywhere before the question is stored: if it cannot be, or is nothing
 * new, the engine is freed, and that is all.
 */
async function store(house: House, prepared: Prepared, asker: Asker): Promise<Accepted> {
  const { beginning } = prepared;
  const { conversationId, start: wish } = beginning;
  const isTemporary = (): boolean => house.store.isTemporary(conversationId);
  // Both in one go: the disk is synced as soon as the question is stored. What is temporary is nowhere to be synced.
  const isToBeSynced = wish?.temporary !== true && !isTemporary();
  const begun = house.store.begin(beginning);
  const synced = isToBeSynced ? house.store.sync() : Promise.resolve();
  synced.catch(() => {});
  const ahead = openAhead(house, { ...prepared, asker });
  const result = await orLeave(begun, ahead);
  if (result.outcome !== 'stored' && result.outcome !== 'known') return toAccepted(beginning, result, isTemporary());
  const generation = result.outcome === 'stored' ? start(house, { ...prepared, asker, stored: result, ahead }) : undefined;
  try {
    await synced;
  } catch (error) {
    generation?.end(toStorageProblem(error));
    throw error;
  }
  if (result.outcome === 'stored') announce(house, result.conversation);
  return toAccepted(beginning, result, isTemporary());
}

/** Tells of a change; what is deleted or temporary is nobody's news. */
export function announce({ emit, deletions }: Pick<House, 'emit' | 'deletions'>, record: ConversationRecord | undefined): void {
  if (isShown(record, deletions)) emit({ type: 'conversation', conversation: toSummary(record) });
}

interface Asked extends Prepared {
  readonly asker: Asker;
}

interface Ahead {
  readonly composer: Composer;
  readonly opened: OpenedAnswer;
}

/**
 * Begins the answer to a question that is not stored yet: only where it is the first of its conversation, so that all that is sent is known and it cannot have
 * been stored before; and only where it would be written at once, so that no model is loaded for a question that may be refused.
 */
function openAhead(house: House, asked: Asked): Ahead | undefined {
  const { beginning, manner, isNew } = asked;
  const { question, task, title } = beginning;
  if (isNew !== true || question.kind !== 'question' || question.attachments !== undefined || typeof question.parentId === 'string')
    return undefined;
  if (house.closing.signal.aborted || !isAlone(house, asked.asker)) return undefined;
  if (house.gateway.placeFor(task, manner.model)?.isFree !== true) return undefined;
  const { id, text: content, system } = question;
  const { composer, request } = toRequest(house, asked, { branch: [{ id, role: 'user', content, system, attachments: [] }], title });
  return { composer, opened: openAnswer(house.gateway, request) };
}

/** Whether no other question is on its way into the same conversation: it might be the same one again. */
function isAlone({ beginnings }: House, { conversationId }: Asker): boolean {
  if (conversationId === undefined) return true;
  return [...beginnings].filter((other) => other.conversationId === conversationId).length === 1;
}

/** What the store says of the question; unless that is something new, what was begun ahead is left. */
async function orLeave(begun: Promise<BeginResult>, ahead: Ahead | undefined): Promise<BeginResult> {
  let result: BeginResult | undefined;
  try {
    result = await begun;
    return result;
  } finally {
    if (result?.outcome !== 'stored') ahead?.opened.leave('The question was not stored.');
  }
}

interface Told {
  readonly branch: readonly BranchMessage[];
  /** Of the conversation. */
  readonly title: string;
}

function toRequest(
  house: House,
  { beginning, manner, continued, asker }: Asked,
  { branch, title }: Told,
): { readonly composer: Composer; readonly request: GenerateRequest } {
  const composer = createComposer({
    ...house,
    conversationId: beginning.conversationId,
    branch,
    system: manner.system ?? branchSystem(branch),
    policy: manner.contextPolicy ?? house.settings.contextPolicy,
    maxTokens: manner.options.max_tokens,
  });
  const request: GenerateRequest = {
    ...(manner.model !== undefined && { model: manner.model }),
    task: beginning.task,
    messages: toContext(branch, { system: manner.system, prefix: continued?.written.content }),
    ...(hasImages(branch) && { needs: { capabilities: ['vision'] } }),
    compose: composer.compose,
    options: manner.options,
    priority: asker.priority,
    requestId: asker.requestId,
    label: `an answer for “${title}”`,
  };
  return { composer, request };
}

interface Start extends Asked {
  readonly stored: Extract<BeginResult, { outcome: 'stored' }>;
  readonly ahead: Ahead | undefined;
}

function start(house: House, options: Start): RunningGeneration {
  const { beginning, manner, continued, stored, ahead } = options;
  const { settings, running } = house;
  const { generationId, conversationId, firstParts, task } = beginning;
  const live = createLiveLog({ generationId, firstOffset: 0, keptBytes: settings.keptBytes });
  live.commit(unpackParts(firstParts.parts), firstParts.parts.length);
  const { composer, opened } = ahead ?? openNow(house, options);
  const applied = { ...toSystemSource(stored.branch), ...manner.applied };
  const generation = runGeneration({
    ...house,
    conversationId,
    epoch: stored.epoch,
    live,
    tail: house.writer.open(live, stored.epoch),
    closing: house.closing.signal,
    written: continued?.written,
    toReceipt: (receipt) => composer.toReceipt(withSeam(toReceiptWith(receipt, applied), continued)),
    asked: { task, model: manner.model, requestId: options.asker.requestId },
    opened,
    onEnd(conversation) {
      running.delete(generationId);
      announce(house, conversation);
      if (isShown(conversation, house.deletions) && stored.branch.length < MOST_MESSAGES) house.titles.consider(conversationId);
    },
  });
  running.set(generationId, generation);
  // A chat that is being closed takes nothing on; what it had accepted by then is ended like the rest.
  if (house.closing.signal.aborted) generation.end(shutDown());
  return generation;
}

function openNow(house: House, options: Start): Ahead {
  const { branch, conversation } = options.stored;
  const { composer, request } = toRequest(house, options, { branch, title: conversation.title });
  return { composer, opened: openAnswer(house.gateway, request) };
}

/** Whether the question itself has some: those of earlier ones a model need not see. */
function hasImages(branch: readonly BranchMessage[]): boolean {
  return branch.at(-1)?.attachments.some(({ kind }) => kind === 'image') === true;
}

/** A system prompt that nobody but an earlier message has set. */
function toSystemSource(branch: Parameters<typeof branchSystem>[0]): AppliedSettings {
  return (branchSystem(branch) ?? '').trim() === '' ? {} : { system: 'message' };
}

function withSeam(receipt: Receipt, continued: Continued | undefined): Receipt {
  if (continued === undefined) return receipt;
  const { from, reason } = continued.seam;
  return { ...receipt, seams: [{ from, to: receipt.model, reason }, ...receipt.seams] };
}

/** What ends answers that are being written when the chat is closed. */
export function shutDown(): Problem {
  return new Problem('interrupted', 'The server was shut down while the answer was being written.');
}
