import { LlamaGrammarEvaluationState } from 'node-llama-cpp';
import type { LlamaContextSequence, LlamaGrammar, SequenceEvaluateOptions, Token } from 'node-llama-cpp';

import type { Clock, Message } from '@pilotlight/contract';

import type { Finish, Sampling } from '../protocol.ts';
import type { CompletionModel } from './opened-model.ts';
import { nextPieceLength } from './prompt-pieces.ts';
import { createReasoningSplitter } from './reasoning-splitter.ts';
import { Refusal } from './refusal.ts';
import type { Prompt } from './render-prompt.ts';
import { createStopScanner } from './stop-scanner.ts';
import { createTokenText } from './token-text.ts';

export interface Generation {
  readonly opened: CompletionModel;
  readonly messages: readonly Message[];
  readonly sampling: Sampling;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly onAccepted: () => void;
  readonly onReading: (tokensDone: number, tokensTotal: number) => void;
  readonly onPart: (part: { readonly type: 'text' | 'reasoning'; readonly text: string }) => void;
}

/** Prompts shorter than this are read before anybody could see how far. */
const REPORTED_FROM = 256;
/** How far back a repeated token counts against itself, as in llama.cpp. */
const REPETITION_WINDOW = 64;
/** A token never stands for so many characters on average; a longer text is too long without being made into tokens first. */
const MOST_CHARACTERS_PER_TOKEN = 200;
/** The grammars of the library end with these; they are the end of the answer, not part of it. */
const GRAMMAR_END = '\n\n\n\n';

/** Writes one answer. Resolves with how it ended; throws `Refusal`, or the signal's reason once the slot is free. */
export async function generate(generation: Generation): Promise<Omit<Finish, 'id' | 'type'>> {
  const { opened, sampling, signal, clock } = generation;
  const prompt = renderWithin(generation);
  const grammar = sampling.schema === undefined ? undefined : await toGrammar(opened, sampling.schema);
  generation.onAccepted();
  const acquired = opened.slots.acquire((sequence) => toSlotState(sequence, prompt.tokens), signal);
  if (acquired === undefined) throw new Refusal('overloaded', 'Too many answers are waiting for this model.');
  using grant = await acquired;
  const { sequence } = grant;
  const startedMs = clock.monotonic();
  await keepCommonPrefix(opened, sequence, prompt.tokens);
  using _place = opened.batches.join();
  const cachedTokens = sequence.nextTokenIndex;
  const last = await readPrompt(generation, sequence, prompt.tokens);
  const written = await write({ generation, prompt, sequence, last, grammar });
  const endedMs = clock.monotonic();
  const firstMs = written.firstTokenMs ?? endedMs;
  return {
    reason: written.reason,
    usage: {
      promptTokens: prompt.tokens.length,
      cachedTokens,
      completionTokens: written.tokens,
      ...(written.reasoningTokens > 0 && { reasoningTokens: written.reasoningTokens }),
    },
    timings: { promptMs: firstMs - startedMs, completionMs: endedMs - firstMs },
  };
}

/** The prompt, if it and at least one token of the answer fit into the context. */
function renderWithin({ opened, messages, sampling }: Generation): Prompt {
  const { contextSize } = opened.context;
  const characters = messages.reduce((sum, { content }) => sum + content.length, 0);
  if (characters > contextSize * MOST_CHARACTERS_PER_TOKEN) {
    throw new Refusal('too_long', `The conversation has ${count(characters)} characters; the context holds ${count(contextSize)} tokens.`);
  }
  const prompt = opened.renderer.render(messages, sampling.thinking);
  if (prompt.tokens.length >= contextSize) {
    throw new Refusal('too_long', `The conversation has ${count(prompt.tokens.length)} tokens; the context holds ${count(contextSize)}.`);
  }
  return prompt;
}

function toSlotState(sequence: LlamaContextSequence, tokens: Token[]): { readonly length: number; readonly commonPrefix: number } {
  return { length: sequence.nextTokenIndex, commonPrefix: sequence.compareContextTokens(tokens).firstDifferentIndex };
}

/** Makes the sequence remember what the prompt begins with and nothing else. At least one token is left to read, for the answer to follow from. */
async function keepCommonPrefix({ batches }: CompletionModel, sequence: LlamaContextSequence, tokens: Token[]): Promise<void> {
  const wanted = tokens.slice(0, -1);
  if (sequence.compareContextTokens(wanted).firstDifferentIndex >= sequence.nextTokenIndex) return;
  await batches.alone(() => sequence.adaptStateToTokens(wanted, false));
}

/** Reads the prompt in pieces, all but the last of which it returns. Between pieces the answer can be stopped, and others get their tokens. */
async function readPrompt(
  { opened, clock, signal, onReading }: Generation,
  sequence: LlamaContextSequence,
  tokens: Token[],
): Promise<Token[]> {
  const start = sequence.nextTokenIndex;
  const isReported = tokens.length - start >= REPORTED_FROM;
  const startedMs = clock.monotonic();
  let position = start;
  for (;;) {
    signal.throwIfAborted();
    if (isReported) onReading(position, tokens.length);
    const elapsedMs = clock.monotonic() - startedMs;
    const speed = position > start && elapsedMs > 0 ? (position - start) / elapsedMs : undefined;
    const length = nextPieceLength(speed, opened.batches.active - 1, opened.context.batchSize);
    if (position + length >= tokens.length) return tokens.slice(position);
    await opened.batches.held;
    await sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(position, position + length));
    position += length;
  }
}

interface Writing {
  readonly generation: Generation;
  readonly prompt: Prompt;
  readonly sequence: LlamaContextSequence;
  /** The piece of the prompt that is still to be read. */
  readonly last: Token[];
  readonly grammar: LlamaGrammar | undefined;
}

interface Written {
  readonly reason: 'stop' | 'length';
  readonly tokens: number;
  readonly reasoningTokens: number;
  readonly firstTokenMs: number | undefined;
}

/** The thin loop: one token in, whole characters out, until something ends it. */
async function write(writing: Writing): Promise<Written> {
  const { generation, prompt, sequence, last } = writing;
  const { sampling, signal, clock, opened } = generation;
  const output = createOutput(writing);
  const recent = prompt.tokens.slice(-REPETITION_WINDOW);
  const limit = sampling.maxTokens ?? Number.POSITIVE_INFINITY;
  let tokens = 0;
  let firstTokenMs: number | undefined;
  let reason: Written['reason'] = 'stop';
  opened.tuner.restart();
  for await (const token of sequence.evaluate(last, toEvaluateOptions(writing, recent))) {
    signal.throwIfAborted();
    const nowMs = clock.monotonic();
    firstTokenMs ??= nowMs;
    opened.tuner.onToken(nowMs, opened.batches.active);
    if (prompt.stopTokens.has(token)) break;
    tokens += 1;
    recent.push(token);
    if (recent.length > REPETITION_WINDOW) recent.shift();
    if (output.push(token)) break;
    if (opened.batches.held !== undefined) await opened.batches.held;
    // The library would make room by forgetting the beginning; an answer that does not fit ends instead.
    if (tokens < limit && sequence.nextTokenIndex < opened.context.contextSize - 1) continue;
    reason = 'length';
    break;
  }
  output.end();
  return { reason, tokens, reasoningTokens: output.reasoningTokens, firstTokenMs };
}

interface Output {
  /** Returns true once a stop string ended the answer. */
  push(token: Token): boolean;
  end(): void;
  readonly reasoningTokens: number;
}

/** From tokens to parts: whole characters, up to a stop string, reasoning apart. */
function createOutput({ generation, prompt, grammar }: Writing): Output {
  const { opened, sampling, onPart } = generation;
  const text = createTokenText<Token>(opened.model);
  const scanner = createStopScanner([...sampling.stop, ...prompt.stopTexts, ...(grammar === undefined ? [] : [GRAMMAR_END])]);
  const splitter = createReasoningSplitter(grammar === undefined && !prompt.continues ? prompt.reasoning : undefined);
  let isBlankSoFar = !prompt.continues;
  let isStopped = false;
  let reasoningTokens = 0;

  const emit = (piece: string): void => {
    const shown = isBlankSoFar ? piece.trimStart() : piece;
    if (shown === '') return;
    isBlankSoFar = false;
    for (const part of splitter.push(shown)) onPart(part);
  };

  return {
    get reasoningTokens() {
      return reasoningTokens;
    },
    push(token) {
      if (splitter.isInside) reasoningTokens += 1;
      const scanned = scanner.push(text.push(token));
      emit(scanned.text);
      isStopped = scanned.stopped;
      return isStopped;
    },
    end() {
      if (!isStopped) {
        const scanned = scanner.push(text.end());
        emit(scanned.stopped ? scanned.text : scanned.text + scanner.end());
      }
      for (const part of splitter.end()) onPart(part);
    },
  };
}

function toEvaluateOptions({ generation, grammar }: Writing, recent: Token[]): SequenceEvaluateOptions {
  const { sampling, opened } = generation;
  const { temperature, topK, topP, minP, seed, repeatPenalty, presencePenalty, frequencyPenalty } = sampling;
  const isPenalised = repeatPenalty !== 1 || presencePenalty !== 0 || frequencyPenalty !== 0;
  return {
    temperature,
    topK,
    topP,
    minP,
    seed,
    ...(isPenalised && {
      repeatPenalty: {
        punishTokens: () => recent,
        maxPunishTokens: REPETITION_WINDOW,
        penalty: repeatPenalty,
        presencePenalty,
        frequencyPenalty,
      },
    }),
    ...(grammar !== undefined && { grammarEvaluationState: new LlamaGrammarEvaluationState({ model: opened.model, grammar }) }),
  };
}

async function toGrammar({ llama }: CompletionModel, schema: unknown): Promise<LlamaGrammar> {
  try {
    return await llama.createGrammarForJsonSchema(schema as Parameters<typeof llama.createGrammarForJsonSchema>[0]);
  } catch (error) {
    throw new Refusal('invalid', 'The schema could not be made into a grammar.', { cause: error });
  }
}

function count(value: number): string {
  return value.toLocaleString('en');
}
