import { isTerminal, Problem } from '@pilotlight/contract';
import type { StreamPart } from '@pilotlight/contract';

import { decideEnding } from './answer-ending.ts';
import type { Ending, WrittenAnswer } from './answer-ending.ts';
import type { ChatStore, ClaimedGeneration, ConversationRecord } from './chat-store.ts';
import { packParts, unpackParts } from './pack-parts.ts';

/** An end that is ready but could not be stored. */
export interface UnstoredEnd {
  readonly firstOffset: number;
  /** Without the terminal part. */
  readonly parts: readonly StreamPart[];
  readonly ending: Ending;
}

export interface EndFromStoreOptions {
  readonly store: ChatStore;
  readonly generationId: string;
  readonly atMs: number;
  readonly pageCharacters: number;
  /** Why there is no more, if the store does not know the end. */
  readonly problem: Problem;
  /** Used in place of the problem if it follows on what the store has. */
  readonly unstored?: UnstoredEnd | undefined;
}

/**
 * Ends a generation whose writer is gone, or does not know what of its last words was stored: takes it over, keeps what its log holds, and closes it.
 * Does nothing to one that has ended (so it can be repeated), and generates nothing. Resolves with the conversation if it ended something.
 */
export async function endFromStore(options: EndFromStoreOptions): Promise<ConversationRecord | undefined> {
  const { store, generationId, unstored } = options;
  const claimed = await store.claim(generationId);
  if (claimed === undefined) return undefined;
  const rest =
    unstored?.firstOffset === claimed.nextOffset
      ? { parts: [...unstored.parts, unstored.ending.terminal], answer: unstored.ending.answer }
      : await toRest(options, claimed);
  const result = await store.end({
    group: { generationId, epoch: claimed.epoch, firstOffset: claimed.nextOffset, count: rest.parts.length, parts: packParts(rest.parts) },
    answer: rest.answer,
    atMs: options.atMs,
  });
  return result.outcome === 'ended' ? result.conversation : undefined;
}

async function toRest(
  options: EndFromStoreOptions,
  claimed: ClaimedGeneration,
): Promise<{ parts: StreamPart[]; answer: Ending['answer'] }> {
  const { model, ...written } = await readWritten(options, claimed);
  const { terminal, answer } = decideEnding({ kind: 'failed', problem: options.problem }, written);
  return { parts: [terminal], answer: terminal.type === 'error' && terminal.kept ? { ...answer, model } : answer };
}

/** The answer as far as its log has it, and which model its log named last. */
async function readWritten(
  options: EndFromStoreOptions,
  claimed: ClaimedGeneration,
): Promise<WrittenAnswer & { model: string | undefined }> {
  const { store, generationId, pageCharacters: maxCharacters } = options;
  let written: WrittenAnswer = { content: '', reasoning: '' };
  let model: string | undefined;
  let from = 0;
  while (from < claimed.nextOffset) {
    const page = await store.read({ generationId, from, maxCharacters });
    const last = page?.groups.at(-1);
    if (page === undefined || last === undefined || last.firstOffset + last.count <= from) {
      throw new Problem('storage_unavailable', `The log of the generation ${generationId} has a gap at ${from}.`);
    }
    for (const group of page.groups) {
      const parts = unpackParts(group.parts).slice(Math.max(0, from - group.firstOffset));
      written = parts.reduce(withPart, written);
      model = parts.reduce(withModel, model);
    }
    from = last.firstOffset + last.count;
  }
  return { ...written, model };
}

/** Who writes from this part on. */
function withModel(model: string | undefined, part: StreamPart): string | undefined {
  if (part.type === 'seam') return part.to;
  return part.type === 'start' || part.type === 'phase' ? part.model : model;
}

/** The answer with one more part. */
function withPart(written: WrittenAnswer, part: StreamPart): WrittenAnswer {
  if (part.type === 'text') return { content: written.content + part.text, reasoning: written.reasoning };
  if (part.type === 'reasoning') return { content: written.content, reasoning: written.reasoning + part.text };
  if (isTerminal(part)) throw new Error('a log that is not closed holds a terminal part');
  return written;
}
