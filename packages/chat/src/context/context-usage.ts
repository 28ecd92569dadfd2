import { Problem } from '@pilotlight/contract';
import type { ContextPolicy, ContextRequest, ContextUsage, Gateway, Message } from '@pilotlight/contract';

import type { BranchMessage, ChatStore, ConversationTree, MessageRecord } from '../chat-store.ts';
import { branchSystem, toContext } from '../conversation-tree.ts';
import { createCounter } from './count-prompt.ts';
import type { Counter } from './count-prompt.ts';
import { fitContext } from './fit-context.ts';
import { readContents } from './read-contents.ts';
import type { WholeMessage } from './read-contents.ts';
import { canSee, withoutImages } from './see-images.ts';
import type { TokenScales } from './token-scales.ts';
import { toTurns } from './to-turns.ts';

export interface UsageOptions {
  readonly store: ChatStore;
  readonly gateway: Gateway;
  readonly scales: TokenScales;
  /** Of the server. */
  readonly policy: ContextPolicy;
  readonly signal: AbortSignal;
}

/** What would be sent now. Loads nothing; what has not been loaded has no window that anybody could name, but for what its last answer here had. */
export async function contextUsage(request: ContextRequest, options: UsageOptions): Promise<ContextUsage> {
  const { store, gateway } = options;
  const tree = request.conversation_id === undefined ? undefined : await store.conversation(request.conversation_id);
  const settings = tree?.settings ?? {};
  const branch = await toDraftBranch(request, tree, store);
  const view = gateway.modelFor(request.task_type ?? 'chat', request.model ?? settings.model);
  if (view === undefined) throw new Problem('model_not_found', 'There is no model that would be asked.', { field: 'model' });
  const whole = await readContents(store, branch);
  const messages = canSee(view.capabilities) ? whole : withoutImages(whole).messages;
  const system = settings.system ?? branchSystem(branch);
  const { window, windowBasis } = toWindow(view.name, view.context_length, tree);
  const counter = await createCounter({
    place: { model: view.name, window, refused: undefined, count: (all) => gateway.countTokens(view.name, all, options.signal) },
    scales: options.scales,
    messages: toMessages(messages, system),
    maxTokens: request.max_tokens ?? settings.options?.max_tokens,
    refusedGuess: undefined,
    countsAll: true,
  });
  const policy = settings.context_policy ?? options.policy;
  return {
    model: view.name,
    basis: counter.basis,
    ...(window !== undefined && { window }),
    ...(windowBasis !== undefined && { window_basis: windowBasis }),
    ...(counter.reserve !== undefined && { reserve: counter.reserve }),
    messages: messages.length,
    policy,
    policy_origin: settings.context_policy === undefined ? 'server' : 'conversation',
    ...toFit(messages, system, { counter, policy }),
  };
}

function toWindow(model: string, loaded: number | undefined, tree: ConversationTree | undefined) {
  if (loaded !== undefined) return { window: loaded, windowBasis: 'as it is loaded' };
  const last = tree?.messages.findLast(({ receipt }) => receipt?.model === model && receipt.context_length !== undefined);
  return {
    window: last?.receipt?.context_length,
    windowBasis: last === undefined ? undefined : 'as it was loaded for its last answer here',
  };
}

async function toDraftBranch(request: ContextRequest, tree: ConversationTree | undefined, store: ChatStore): Promise<BranchMessage[]> {
  const parentId = request.parent_id === undefined ? (tree?.conversation.headId ?? null) : request.parent_id;
  const before = toRecords(tree?.messages ?? [], parentId).map((record) => ({
    id: record.id,
    role: record.role,
    content: record.content,
    system: record.system,
    attachments: record.attachments ?? [],
  }));
  const { text = '', attachments: ids = [] } = request;
  if (text.trim() === '' && ids.length === 0) return before;
  return [...before, { id: 'draft', role: 'user', content: text, system: undefined, attachments: await store.attachments(ids) }];
}

/** From the root to this message. */
function toRecords(messages: readonly MessageRecord[], lastId: string | null): MessageRecord[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const branch: MessageRecord[] = [];
  for (let id = lastId; id !== null && branch.length <= messages.length;) {
    const message = byId.get(id);
    if (message === undefined) break;
    branch.push(message);
    id = message.parentId;
  }
  return branch.reverse();
}

function toMessages(messages: readonly WholeMessage[], system: string | undefined): Message[] {
  return toContext(
    messages.map(({ role, content, images }) => ({ role, content, images: images.map(({ media_type, data }) => ({ media_type, data })) })),
    { system: system ?? '' },
  );
}

interface Fitting {
  readonly counter: Counter;
  readonly policy: ContextPolicy;
}

function toFit(messages: readonly WholeMessage[], system: string | undefined, { counter, policy }: Fitting) {
  const turns = toTurns(messages);
  const fit = fitContext({
    turns: turns.map((turn) => ({ tokens: counter.tokens(toMessages(turn, undefined)) })),
    fixedTokens: counter.tokens(toMessages([], system)),
    budget: counter.budget,
  });
  const tokens = counter.tokens(toMessages(messages, system));
  if (fit.outcome !== 'cut' || policy === 'stop') return { tokens, fits: fit.outcome === 'whole' };
  const left = turns.slice(policy === 'summarise' ? 0 : fit.from, fit.until).flat();
  const range = { first_id: left[0]?.id ?? '', last_id: left.at(-1)?.id ?? '' };
  return { tokens, fits: false, left_out: { messages: left.length, tokens: fit.leftOutTokens, ...range } };
}
