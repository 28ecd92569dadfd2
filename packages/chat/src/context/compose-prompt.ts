import { EngineError, Problem, toTimestamp } from '@pilotlight/contract';
import type { Clock, ContextPolicy, ContextReceipt, Gateway, Message, PhasePart, Prompt, PromptPlace, Receipt } from '@pilotlight/contract';

import type { ChatLog } from '../chat-log.ts';
import type { BranchMessage, ChatStore } from '../chat-store.ts';
import { toContext } from '../conversation-tree.ts';
import { createCounter } from './count-prompt.ts';
import type { Counter } from './count-prompt.ts';
import { engineDoubt } from './engine-doubt.ts';
import { estimatePrompt } from './estimate-tokens.ts';
import { fitContext } from './fit-context.ts';
import type { Fit } from './fit-context.ts';
import { readContents } from './read-contents.ts';
import type { WholeMessage } from './read-contents.ts';
import { canSee, refuseImages, withoutImages } from './see-images.ts';
import { createSummaries, withSummary } from './summaries.ts';
import type { Summarised } from './summaries.ts';
import type { TokenScales } from './token-scales.ts';
import { toTurns } from './to-turns.ts';

export interface ComposerOptions {
  readonly store: Pick<ChatStore, 'promptContents' | 'summaries' | 'keepSummary'>;
  readonly gateway: Pick<Gateway, 'models'>;
  readonly scales: TokenScales;
  readonly clock: Clock;
  readonly log: ChatLog;
  readonly conversationId: string;
  readonly branch: readonly BranchMessage[];
  readonly system: string | undefined;
  readonly policy: ContextPolicy;
  readonly maxTokens: number | undefined;
}

/** Decides what of one branch is sent, and remembers it for the receipt. */
export interface Composer {
  readonly compose: (place: PromptPlace, signal: AbortSignal) => AsyncGenerator<PhasePart, Prompt>;
  /** The receipt with what was sent, and what the engine's figures say of it. Learns from them. */
  readonly toReceipt: (receipt: Receipt) => Receipt;
}

/** What was sent last. */
interface Sent {
  readonly receipt: ContextReceipt;
  readonly guessed: number;
  readonly model: string;
  /** What of it images are cannot be told apart afterwards. */
  readonly hasImages: boolean;
}

export function createComposer(options: ComposerOptions): Composer {
  let contents: Promise<WholeMessage[]> | undefined;
  let sent: Sent | undefined;

  return {
    async *compose(place) {
      contents ??= readContents(options.store, options.branch);
      const seen = visibleTo(place, await contents, options.gateway);
      const whole = toMessages(options, seen.messages);
      const counter = await createCounter({
        place,
        scales: options.scales,
        messages: withBeginning(whole, place),
        maxTokens: options.maxTokens,
        refusedGuess: sent?.guessed,
      });
      const composed = yield* fit(options, { place, counter, messages: seen.messages, whole });
      const prompt = withBeginning(composed.prompt, place);
      const receipt = {
        ...composed.receipt,
        messages: seen.messages.filter(({ content }) => content.trim() !== '').length,
        ...(seen.count > 0 && { images_left_out: seen.count }),
      };
      sent = { receipt, guessed: estimatePrompt(prompt), model: place.model, hasImages: prompt.some(({ images }) => images !== undefined) };
      return { messages: composed.prompt, ...toLimit(place, counter, receipt.tokens) };
    },
    toReceipt(receipt) {
      if (sent === undefined) return receipt;
      return { ...receipt, context: afterAnswer(options.scales, sent, receipt) };
    },
  };
}

function visibleTo(place: PromptPlace, messages: readonly WholeMessage[], gateway: Pick<Gateway, 'models'>) {
  if (canSee(place.capabilities)) return { messages, count: 0 };
  const last = messages.at(-1);
  if (last !== undefined && last.images.length > 0) throw refuseImages(place.model, gateway);
  return withoutImages(messages);
}

function toMessages({ system }: Pick<ComposerOptions, 'system'>, messages: readonly WholeMessage[]): Message[] {
  const bare = messages.map(({ role, content, images }) => ({
    role,
    content,
    images: images.map(({ media_type, data }) => ({ media_type, data })),
  }));
  return toContext(bare, { system: system ?? '' });
}

function withBeginning(messages: readonly Message[], { beginning }: Pick<PromptPlace, 'beginning'>): readonly Message[] {
  return beginning === undefined ? messages : [...messages, beginning];
}

/** An engine that forgets must not come so far. */
function toLimit({ forgets }: PromptPlace, { window, reserve }: Counter, tokens: number): Pick<Prompt, 'maxTokens'> {
  return !forgets || window === undefined ? {} : { maxTokens: Math.max(reserve ?? 1, window - tokens) };
}

interface Fitting {
  readonly place: PromptPlace;
  readonly counter: Counter;
  readonly messages: readonly WholeMessage[];
  /** All of them, as they would be sent. */
  readonly whole: readonly Message[];
}

interface Composed {
  readonly prompt: readonly Message[];
  readonly receipt: Omit<ContextReceipt, 'messages'>;
}

/** So often what is left out is added to, where the engine's own count shows that it was too little. */
const MOST_CORRECTIONS = 8;

async function* fit(options: ComposerOptions, fitting: Fitting): AsyncGenerator<PhasePart, Composed> {
  const { counter, whole, place } = fitting;
  const total = counter.tokens(withBeginning(whole, place));
  const asItIs: Composed = { prompt: whole, receipt: toReceipt(options.policy, counter, { tokens: total, total }) };
  if (counter.budget === undefined || total <= counter.budget) return asItIs;
  const found = decide(options, fitting, counter.budget);
  if (found.outcome === 'whole') return asItIs;
  if (found.outcome === 'too_long' || options.policy === 'stop')
    throw tooLong(place.model, counter, { found, total, policy: options.policy });
  let reason: string | undefined;
  if (options.policy === 'summarise') {
    try {
      const summarised = yield* summarise(options, fitting, total);
      if (summarised !== undefined) return summarised;
    } catch (error) {
      reason = toReason(error);
      if (reason === undefined) throw error;
      options.log.warn({ conversation_id: options.conversationId, reason }, 'a summary could not be made; the oldest turns are left out');
    }
  }
  const cut = await dropUntilItFits(options, fitting, found);
  return {
    prompt: cut.prompt,
    receipt: {
      ...toReceipt(options.policy, counter, { tokens: cut.tokens, total }),
      left_out: toRange(cut.leftOut, total - cut.tokens),
      ...(reason !== undefined && { no_summary_reason: reason }),
    },
  };
}

/** Why there is no summary, as a sentence; undefined: the engine is not well, and no answer would come of it either. */
function toReason(error: unknown): string | undefined {
  if (error instanceof Problem) return error.detail;
  const isOfRequest = error instanceof EngineError && ['too_long', 'invalid', 'unsupported'].includes(error.failure);
  return isOfRequest ? `There is no summary: ${error.message}` : undefined;
}

function decide({ system }: ComposerOptions, { counter, messages, place }: Fitting, budget: number | undefined): Fit {
  const turns = toTurns(messages).map((turn) => ({ tokens: counter.tokens(toMessages({ system: undefined }, turn)) }));
  const fixed: Message[] = system === undefined || system.trim() === '' ? [] : [{ role: 'system', content: system }];
  return fitContext({ turns, fixedTokens: counter.tokens(withBeginning(fixed, place)), budget });
}

interface Cut {
  readonly prompt: readonly Message[];
  readonly tokens: number;
  readonly leftOut: readonly WholeMessage[];
}

/** Leaves the turns out; where the engine counts, its count of what is left has the last word. */
async function dropUntilItFits(options: ComposerOptions, fitting: Fitting, first: Extract<Fit, { outcome: 'cut' }>): Promise<Cut> {
  const { counter, place, messages, whole } = fitting;
  const turns = toTurns(messages);
  const total = counter.tokens(whole);
  let found: Fit = first;
  let budget = counter.budget ?? Number.POSITIVE_INFINITY;
  for (let corrections = 0; found.outcome === 'cut'; corrections += 1) {
    const { from, until } = found;
    const kept = [...turns.slice(0, from), ...turns.slice(until)].flat();
    const prompt = toMessages(options, kept);
    const all = withBeginning(prompt, place);
    const counted = counter.basis === 'exact' ? await place.count(all) : undefined;
    const tokens = counted ?? counter.tokens(all);
    const isEnough = counted === undefined || counter.budget === undefined || counted <= counter.budget;
    if (isEnough || corrections === MOST_CORRECTIONS) return { prompt, tokens, leftOut: turns.slice(from, until).flat() };
    budget -= Math.ceil((tokens - (counter.budget ?? 0)) * 1.25 + budget / 20);
    found = decide(options, fitting, Math.max(1, budget));
  }
  throw tooLong(place.model, counter, { found, total, policy: options.policy });
}

/** Undefined: nothing would be left to summarise. */
async function* summarise(options: ComposerOptions, fitting: Fitting, total: number): AsyncGenerator<PhasePart, Composed | undefined> {
  const { counter, place, messages } = fitting;
  const { budget = 0 } = counter;
  const summaries = createSummaries(options, { place, counter, since: toTimestamp(options.clock.now()) });
  const room = summaries.mostTokens;
  const found = decide(options, fitting, Math.max(1, budget - room));
  if (found.outcome !== 'cut') throw new Problem('context_too_long', 'There is no room for a summary beside the last question.');
  const covered = toTurns(messages).slice(0, found.until).flat();
  if (covered.length === 0) return undefined;
  const summary: Summarised = yield* summaries.of(messages, covered.length);
  const prompt = withSummary(toMessages(options, messages.slice(summary.covered)), summary);
  const tokens = counter.tokens(withBeginning(prompt, place));
  if (tokens > budget) throw new Problem('context_too_long', 'The summary does not fit beside what is left.');
  const left = messages.slice(0, summary.covered);
  return {
    prompt,
    receipt: {
      ...toReceipt(options.policy, counter, { tokens, total }),
      summary: {
        ...toRange(left, counter.tokens(toMessages({ system: undefined }, left))),
        summary_tokens: counter.tokens([{ role: 'user', content: summary.text }]),
        made: summary.isNew,
      },
    },
  };
}

function toRange(messages: readonly WholeMessage[], tokens: number): NonNullable<ContextReceipt['left_out']> {
  return { messages: messages.length, tokens: Math.max(0, tokens), first_id: messages[0]?.id ?? '', last_id: messages.at(-1)?.id ?? '' };
}

function toReceipt(
  policy: ContextPolicy,
  { basis, window, reserve }: Counter,
  { tokens, total }: { readonly tokens: number; readonly total: number },
): Omit<ContextReceipt, 'messages'> {
  return {
    policy,
    tokens,
    total_tokens: Math.max(total, tokens),
    basis,
    ...(window !== undefined && { window }),
    ...(reserve !== undefined && { reserve }),
  };
}

function tooLong(
  model: string,
  counter: Counter,
  { found, total, policy }: { readonly found: Fit; readonly total: number; readonly policy: ContextPolicy },
): Problem {
  const { basis, window = 0, reserve = 0 } = counter;
  const about = basis === 'exact' ? '' : 'about ';
  const holds = `${model} holds ${say(window)}, of which ${say(reserve)} are kept for the answer`;
  const isLast = found.outcome === 'too_long';
  const tokens = isLast ? found.leastTokens : total;
  const what = isLast ? 'The question alone' : 'The conversation';
  const detail = `${what} has ${about}${say(tokens)} tokens; ${holds}. Nothing was sent.`;
  return new Problem('context_too_long', detail, { facts: { model, tokens, basis, window, reserve, policy } });
}

function say(tokens: number): string {
  return Math.round(tokens).toLocaleString('en');
}

/** What the engine has counted is better than any count of ours. */
function afterAnswer(scales: TokenScales, { receipt, guessed, model, hasImages }: Sent, answer: Receipt): ContextReceipt {
  const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = answer;
  if (promptTokens === undefined || answer.model !== model) return receipt;
  const doubt = engineDoubt({ sentTokens: receipt.tokens, basis: receipt.basis, window: receipt.window, promptTokens, completionTokens });
  if (doubt !== undefined) return { ...receipt, doubt };
  if (!hasImages) scales.learn(model, { guessed, counted: promptTokens });
  const isWhole = receipt.left_out === undefined && receipt.summary === undefined;
  return {
    ...receipt,
    tokens: promptTokens,
    total_tokens: isWhole ? promptTokens : Math.max(promptTokens, receipt.total_tokens),
    ...(isWhole && { basis: 'exact' }),
  };
}
