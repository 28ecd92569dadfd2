import { isDeepStrictEqual } from 'node:util';

import type { StoredDatabase, StoredGeneration } from './read-database.ts';
import { readTranscripts } from './read-transcripts.ts';
import type { Claims, Shown } from './read-transcripts.ts';

// Part of the checker: no import from the product, on purpose. It judges what clients were told against what the file holds.

export interface Case {
  readonly database: StoredDatabase;
  /** The same database after the crash before. */
  readonly before: StoredDatabase | undefined;
  /** Files with the transcripts of all clients. */
  readonly transcripts: readonly string[];
  /** Generations that a server which started since then had to close. */
  readonly mustBeClosed: ReadonlySet<string>;
}

export interface Verdict {
  /** Empty: all is as it must be. */
  readonly findings: readonly string[];
  /** How many requests were acknowledged that the database before did not have. */
  readonly newlyAcknowledged: number;
}

export function judge({ database, before, transcripts, mustBeClosed }: Case): Verdict {
  const claims = readTranscripts(transcripts);
  const findings = [
    ...database.damage,
    ...claims.refusals.map((refusal) => `a client was refused: ${refusal}`),
    ...acknowledgedIsThere(database, claims),
    ...shownIsLogged(database, claims),
    ...logsAreSound(database),
    ...stopsAreKept(database, before, claims),
    ...nothingUnasked(database, claims),
    ...chainsAreWhole(database),
    ...answersAreTheirLogs(database),
    ...nothingVanished(database, before),
    ...[...mustBeClosed]
      .filter((id) => database.generations.get(id)?.isClosed !== true)
      .map((id) => `the generation ${id} was left open by a crash, and the server that started after it did not close it`),
  ];
  const newlyAcknowledged = [...claims.acknowledged.values()].filter(
    ({ generation }) => before?.generations.has(generation) !== true,
  ).length;
  return { findings, newlyAcknowledged };
}

/** What was acknowledged is there, as it was asked. */
function* acknowledgedIsThere({ messages, generations }: StoredDatabase, claims: Claims): Generator<string> {
  yield* claims.contradictions;
  for (const { message, conversation, answer, generation, kind } of claims.acknowledged.values()) {
    const question = messages.get(message);
    const stored = generations.get(generation);
    if (question === undefined) yield `the message ${message} was acknowledged and is not there`;
    if (stored === undefined) {
      yield `the generation ${generation} was acknowledged and is not there`;
      continue;
    }
    if (stored.question !== message || stored.answer !== answer || stored.conversation !== conversation) {
      yield `the generation ${generation} is not what was acknowledged: it belongs to ${stored.question} and ${stored.answer}`;
    }
    const asked = kind === 'post' ? claims.posts.get(message) : undefined;
    if (question === undefined || asked === undefined) continue;
    if (question.content !== asked.text || question.conversation !== asked.conversation || question.role !== 'user') {
      yield `the message ${message} is not what was asked`;
    }
    if (asked.parent !== undefined && question.parent !== asked.parent) {
      yield `the message ${message} hangs at ${question.parent} and was asked at ${asked.parent}`;
    }
  }
}

/** Every reader was shown a beginning of the log, in order, each part once. */
function* shownIsLogged({ generations }: StoredDatabase, { shown }: Claims): Generator<string> {
  for (const reading of shown.values()) {
    const stored = generations.get(reading.generation);
    if (stored === undefined) {
      yield `${reading.reader} was shown parts of ${reading.generation}, which is not there`;
      continue;
    }
    stored.shownParts += reading.parts.length;
    yield* readingIsLogged(reading, stored);
  }
}

function* readingIsLogged({ reader, generation, parts, hasEnded }: Shown, stored: StoredGeneration): Generator<string> {
  for (const [index, { offset, part }] of parts.entries()) {
    const place = `${reader} at part ${index} of ${generation}`;
    if (offset !== index) {
      yield `${place}: got the offset ${offset}`;
      return;
    }
    if (offset >= stored.parts.length) {
      yield `${place}: was shown what the log of ${stored.parts.length} parts does not have`;
      return;
    }
    if (!isDeepStrictEqual(part, stored.parts[offset])) {
      yield `${place}: was shown ${JSON.stringify(part)}, the log has ${JSON.stringify(stored.parts[offset])}`;
      return;
    }
  }
  if (hasEnded && !isTerminal(parts.at(-1)?.part)) yield `${reader}: the stream of ${generation} ended without a last part`;
}

function typeOf(part: unknown): string {
  return typeof part === 'object' && part !== null && 'type' in part ? String(part.type) : '';
}

function isTerminal(part: unknown): boolean {
  return typeOf(part) === 'finish' || typeOf(part) === 'error';
}

/** One end for a log that is closed and none for one that is not. */
function* logsAreSound({ generations }: StoredDatabase): Generator<string> {
  for (const { id, parts, isClosed, nextOffset } of generations.values()) {
    const ends = parts.filter(isTerminal).length;
    if (ends !== (isClosed ? 1 : 0)) yield `the log of ${id} is ${isClosed ? 'closed' : 'open'} and has ${ends} ends`;
    if (isClosed && !isTerminal(parts.at(-1))) yield `the log of ${id} goes on after its end`;
    if (typeOf(parts[0]) !== 'start') yield `the log of ${id} does not begin with its start`;
    if (nextOffset !== parts.length) yield `the log of ${id} has ${parts.length} parts and says ${nextOffset}`;
  }
}

/** An acknowledged stop is an end. Only an answer that a former crash had interrupted may have another one: then there was nothing left to stop. */
function* stopsAreKept({ generations }: StoredDatabase, before: StoredDatabase | undefined, { stopped }: Claims): Generator<string> {
  for (const id of stopped) {
    const last = generations.get(id)?.parts.at(-1);
    const code = typeof last === 'object' && last !== null && 'code' in last ? last.code : undefined;
    const wasInterrupted = before?.generations.has(id) === true && code === 'interrupted';
    if (!isTerminal(last) || (code === 'interrupted' && !wasInterrupted)) yield `the stop of ${id} was acknowledged, and it is not stopped`;
  }
}

/** Every question and every answer was asked for, and none more often than that. */
function* nothingUnasked({ messages, generations }: StoredDatabase, { posts, regenerations }: Claims): Generator<string> {
  const answers = Map.groupBy(generations.values(), ({ question }) => question);
  for (const { id, role } of messages.values()) if (role === 'user' && !posts.has(id)) yield `nobody asked the message ${id}`;
  for (const [question, given] of answers) {
    const unasked = given.filter(({ id }) => !regenerations.has(id));
    if (unasked.length > 1) yield `the question ${question} was asked once and answered ${unasked.length} times`;
    if (unasked.length === 0) yield `the question ${question} has no answer of its own`;
  }
  for (const { id, role } of messages.values()) if (role === 'user' && !answers.has(id)) yield `the question ${id} has no generation`;
  for (const { id, question } of generations.values()) {
    const of = regenerations.get(id);
    if (of !== undefined && messages.get(of)?.parent !== question)
      yield `the generation ${id} was asked for another question than ${question}`;
  }
}

/** From every message there is a way to a root of its own conversation, by turns. */
function* chainsAreWhole({ messages, heads }: StoredDatabase): Generator<string> {
  for (const { id, parent, conversation, role } of messages.values()) {
    if (!heads.has(conversation)) yield `the message ${id} is in no conversation`;
    if (parent === null) {
      if (role !== 'user') yield `the answer ${id} has no question`;
      continue;
    }
    const above = messages.get(parent);
    if (above === undefined) yield `the message ${id} hangs at ${parent}, which is not there`;
    else if (above.conversation !== conversation) yield `the message ${id} hangs at ${parent} of another conversation`;
    else if (above.role === role) yield `the message ${id} hangs at ${parent}, which is ${role} too`;
    const seen = new Set<string>([id]);
    for (let at = above; at !== undefined && at.parent !== null; at = messages.get(at.parent)) {
      if (seen.has(at.id)) {
        yield `the message ${id} is its own ancestor`;
        break;
      }
      seen.add(at.id);
    }
  }
  for (const [conversation, head] of heads) {
    if (head === null || messages.get(head)?.conversation !== conversation)
      yield `the conversation ${conversation} ends at ${head}, which it has not`;
  }
}

/** A closed answer says what its log says. */
function* answersAreTheirLogs({ messages, generations }: StoredDatabase): Generator<string> {
  for (const { id, answer, question, parts, isClosed } of generations.values()) {
    const message = messages.get(answer);
    if (message?.role !== 'assistant' || message.generation !== id || message.parent !== question) {
      yield `the answer ${answer} of the generation ${id} is not there as it should be`;
      continue;
    }
    const said = (type: string): string =>
      parts.map((part) => (typeOf(part) === type ? String((part as { text: unknown }).text) : '')).join('');
    if (!isClosed) {
      if (message.state !== 'running') yield `the answer ${answer} is ${message.state} and its log is open`;
      continue;
    }
    if (message.content !== said('text')) yield `the answer ${answer} says other text than its log`;
    if (message.reasoning !== said('reasoning')) yield `the answer ${answer} thinks other text than its log`;
    const last = parts.at(-1) as { type: string; reason?: string; code?: string };
    const state = toState(last);
    if (message.state !== state) yield `the answer ${answer} is ${message.state}; by its log it is ${state}`;
    const words = wordsOf(messages, question);
    const isWhole = last.type === 'finish' && last.reason === 'stop';
    if (isWhole && words !== undefined && message.content.trim().split(/\s+/).length !== Number(words)) {
      yield `the answer ${answer} counts as whole and has not its ${words} words`;
    }
  }
}

/** How many words the engine was to say. Questions whose answers have no text reach it as one, of which it follows the first. */
function wordsOf(messages: StoredDatabase['messages'], question: string): string | undefined {
  let first = messages.get(question);
  // Another model was asked, which says what it likes.
  if (first?.content.startsWith('Say ') !== true) return undefined;
  for (let answer = messages.get(first?.parent ?? ''); answer?.content.trim() === ''; answer = messages.get(first?.parent ?? '')) {
    first = messages.get(answer.parent ?? '');
  }
  return /Say (\d+) tokens/.exec(first?.content ?? '')?.[1];
}

function toState({ type, reason, code }: { readonly type: string; readonly reason?: string; readonly code?: string }): string {
  if (type === 'finish') return reason === 'stopped' ? 'stopped' : 'complete';
  return code === 'interrupted' ? 'interrupted' : 'failed';
}

/** What one crash left is there after the next: messages as they were, logs with the same beginning. */
function* nothingVanished(database: StoredDatabase, before: StoredDatabase | undefined): Generator<string> {
  for (const { id, content, role } of before?.messages.values() ?? []) {
    const now = database.messages.get(id);
    if (now === undefined) yield `the message ${id} was there after the crash before and is not any more`;
    else if (role === 'user' && now.content !== content) yield `the message ${id} has changed`;
  }
  for (const { id, parts, isClosed } of before?.generations.values() ?? []) {
    const now = database.generations.get(id);
    if (now === undefined) yield `the generation ${id} was there after the crash before and is not any more`;
    else if (!isDeepStrictEqual(now.parts.slice(0, parts.length), parts))
      yield `the log of ${id} has lost or changed what it had after the crash before`;
    else if (isClosed && now.parts.length !== parts.length) yield `the log of ${id} was closed and has grown`;
  }
}
