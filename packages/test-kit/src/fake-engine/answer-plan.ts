import type { AnswerRule, FakeModel } from './fake-engine-config.ts';
import { capabilitiesOf } from './fake-engine-config.ts';
import { HttpFailure } from './http-failure.ts';

export interface PlanRequest {
  readonly model: FakeModel;
  readonly rules: readonly AnswerRule[];
  /** What the model reads: all messages in one, and the last one alone. */
  readonly prompt: string;
  readonly question: string;
  /** The beginning of the answer, where the request brings one and the model goes on from it. */
  readonly prefix: string;
  readonly thinks: boolean;
  readonly offersTools: boolean;
  readonly asJson: boolean;
  /** Whole tokens; absent: no limit. */
  readonly maxTokens: number | undefined;
  readonly stop: readonly string[];
}

export type AnswerStep = { readonly kind: 'thought' | 'text'; readonly text: string };

/** A whole answer, decided before its first token goes out. */
export interface AnswerPlan {
  readonly steps: readonly AnswerStep[];
  readonly toolCall: FakeModel['toolCall'];
  readonly reason: 'stop' | 'length';
  readonly promptTokens: number;
  /** Set if the answer has more than 30 equal tokens in a row: it ends there without any mark, as the real one does. */
  readonly silentEnd: boolean;
}

const WORDS = 'the quick brown fox jumps over a lazy dog and runs home again before rain comes down'.split(' ');
const MAX_EQUAL = 31;

/** A text in tokens: each word with the blank before it. */
function toTokens(text: string): string[] {
  return text.match(/\s*\S+|\s+$/gu) ?? [];
}

/** How many tokens the fake model reads for a prompt. */
export function countPromptTokens(prompt: string): number {
  return toTokens(prompt).length + 4;
}

/** What the fake model says: by rule, so many tokens, a count, or what it was told. */
function answerTo(question: string, model: FakeModel, rules: readonly AnswerRule[]): string[] {
  if (model.answer !== undefined) return toTokens(model.answer);
  const rule = rules.find(({ when }) => question.toLowerCase().includes(when.toLowerCase()));
  if (rule !== undefined) return toTokens(rule.say);
  const tokens = /\b(\d{1,7}) tokens\b/i.exec(question)?.[1];
  if (tokens !== undefined) return Array.from({ length: Number(tokens) }, (_, index) => ` ${WORDS[index % WORDS.length]}`);
  const count = /\bcount to (\d{1,5})\b/i.exec(question)?.[1];
  if (count !== undefined) return Array.from({ length: Number(count) }, (_, index) => (index === 0 ? '1' : ` ${index + 1}`));
  return toTokens(`You said: ${question}`);
}

function toSteps(request: PlanRequest): AnswerStep[] {
  const { model, question, rules } = request;
  const words = answerTo(question, model, rules);
  const said = request.asJson ? toTokens(JSON.stringify({ answer: words.join('') })) : words;
  const whole = said.join('');
  const rest = request.prefix !== '' && whole.startsWith(request.prefix) ? toTokens(whole.slice(request.prefix.length)) : said;
  const thoughts = request.thinks && capabilitiesOf(model).includes('thinking') ? toTokens(model.thought ?? 'Let me think.') : [];
  const called = request.offersTools && model.toolCall !== undefined;
  return [
    ...thoughts.map((text): AnswerStep => ({ kind: 'thought', text })),
    ...(called ? [] : rest.map((text): AnswerStep => ({ kind: 'text', text }))),
  ];
}

/** Where the first of the stop texts begins: the steps up to it, the last one shortened. */
function cutAtStop(steps: readonly AnswerStep[], stop: readonly string[]): readonly AnswerStep[] | undefined {
  const whole = steps.map((step) => (step.kind === 'text' ? step.text : '')).join('');
  const places = stop.map((text) => whole.indexOf(text)).filter((place) => place >= 0);
  if (places.length === 0) return undefined;
  let left = Math.min(...places);
  const kept: AnswerStep[] = [];
  for (const step of steps) {
    if (step.kind === 'text') {
      if (left <= 0) break;
      kept.push({ kind: 'text', text: step.text.slice(0, left) });
      left -= step.text.length;
    } else kept.push(step);
  }
  return kept;
}

/** After how many steps the answer has repeated one token too often, if it does. */
function placeOfRepeats(steps: readonly AnswerStep[]): number | undefined {
  let equal = 0;
  for (const [index, step] of steps.entries()) {
    equal = step.text.trim() === steps[index - 1]?.text.trim() ? equal + 1 : 1;
    if (equal >= MAX_EQUAL) return index + 1;
  }
  return undefined;
}

interface RoleMessage {
  readonly role: string;
  readonly content: string;
}

/** The beginning that the request brings, if the model goes on from it; `''` if it begins anew. */
export function prefixOf(model: FakeModel, messages: readonly RoleMessage[]): string {
  const last = messages.at(-1);
  if (last?.role !== 'assistant' || model.prefix === 'restarts') return '';
  if (model.prefix === 'refuses') throw new HttpFailure(400, 'Cannot have the last message of the assistant');
  return last.content;
}

/** Decides a whole answer. */
export function planAnswer(request: PlanRequest): AnswerPlan {
  const steps = toSteps(request);
  const stopped = cutAtStop(steps, request.stop) ?? steps;
  const limited = request.maxTokens !== undefined && request.maxTokens > 0 && stopped.length > request.maxTokens;
  const shown = limited ? stopped.slice(0, request.maxTokens) : stopped;
  const repeats = placeOfRepeats(shown);
  return {
    steps: repeats === undefined ? shown : shown.slice(0, repeats),
    toolCall: request.offersTools ? request.model.toolCall : undefined,
    reason: limited ? 'length' : 'stop',
    promptTokens: countPromptTokens(request.prompt),
    silentEnd: repeats !== undefined,
  };
}
