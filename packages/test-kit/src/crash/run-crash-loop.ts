import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

import { startFakeEngine } from '../fake-engine/start-fake-engine.ts';
import type { FakeEngine } from '../fake-engine/start-fake-engine.ts';
import { isProcessAlive } from '../is-process-alive.ts';
import { createChatClient } from './chat-client.ts';
import type { ChatClient } from './chat-client.ts';
import { judge } from './checker/judge.ts';
import type { Verdict } from './checker/judge.ts';
import { readDatabase } from './checker/read-database.ts';
import type { StoredDatabase } from './checker/read-database.ts';
import { planCycle } from './plan-cycle.ts';
import type { CyclePlan, KillInstant } from './plan-cycle.ts';
import { startCrashingServer } from './server-process.ts';
import type { CrashingServer } from './server-process.ts';
import { createTranscript } from './transcript.ts';
import type { Transcript, TranscriptEvent } from './transcript.ts';

export interface CrashLoopOptions {
  readonly seed: number;
  readonly cycles: number;
  readonly clients: number;
  /** Data folders, transcripts and copies of the database; what failed is left there. */
  readonly folder: string;
  readonly usesPilot: boolean;
  readonly say: (line: string) => void;
}

export interface CrashTotals {
  cycles: number;
  killedWhileStarting: number;
  acknowledged: number;
  shown: number;
  interrupted: number;
  complete: number;
}

/** After so many cycles the data folder is a new one, so that the checker's work stays small. */
const ROUND = 20;
/** For the server to take up its work after a crash. */
const START_LIMIT_MS = 60_000;
const DATABASE = 'pilotlight.db';

/** One data folder with its clients, through up to `ROUND` crashes. */
interface Round {
  readonly folder: string;
  readonly clients: readonly ChatClient[];
  readonly transcripts: readonly Transcript[];
  readonly watchers: Set<(event: TranscriptEvent) => void>;
  /** As it was after the last crash. */
  before: StoredDatabase | undefined;
  /** What was open then, which the next server that starts has to close. */
  readonly open: Set<string>;
}

/**
 * Kills a server again and again while clients chat with it, and has an independent checker look at its database after each crash. Throws with seed and cycle
 * on the first thing that is not as it must be; resolves with what there was to look at.
 */
export async function runCrashLoop(options: CrashLoopOptions): Promise<CrashTotals> {
  await using engine = await startFakeEngine({ tokensPerSecond: 150, parallel: options.clients });
  const totals: CrashTotals = { cycles: 0, killedWhileStarting: 0, acknowledged: 0, shown: 0, interrupted: 0, complete: 0 };
  let round: Round | undefined;
  for (let cycle = 0; cycle < options.cycles; cycle += 1) {
    round ??= await openRound(options, cycle);
    const isLast = (cycle + 1) % ROUND === 0 || cycle + 1 === options.cycles;
    try {
      await runCycle(round, planCycle(options.seed, cycle, options.clients), { engine, totals, usesPilot: options.usesPilot });
      if (isLast) await endRound(round, engine, totals);
    } catch (error) {
      for (const transcript of round.transcripts) transcript.flush();
      const message = error instanceof Error ? error.message : String(error);
      throw new Error(`seed ${options.seed}, cycle ${cycle}: ${message}\nWhat it was found in: ${round.folder}`, { cause: error });
    }
    totals.cycles += 1;
    if (isLast) {
      await rm(round.folder, { recursive: true, force: true });
      round = undefined;
      options.say(toLine(totals));
    }
  }
  return totals;
}

function toLine({ cycles, killedWhileStarting, acknowledged, shown, interrupted, complete }: CrashTotals): string {
  return `${cycles} crashes (${killedWhileStarting} while starting): ${acknowledged} requests acknowledged, ${shown} parts shown, ${complete} answers complete or stopped, ${interrupted} interrupted; nothing lost, doubled or made up`;
}

async function openRound({ folder, clients }: CrashLoopOptions, cycle: number): Promise<Round> {
  const home = join(folder, `round-${cycle}`);
  await mkdir(join(home, 'transcripts'), { recursive: true });
  const watchers = new Set<(event: TranscriptEvent) => void>();
  const tell = (event: TranscriptEvent): void => watchers.forEach((watch) => watch(event));
  const names = Array.from({ length: clients }, (_, index) => `r${cycle}-${index}`);
  const pairs = names.map((name) => {
    const transcript = createTranscript(join(home, 'transcripts', `${name}.jsonl`), tell);
    return { transcript, client: createChatClient(name, transcript) };
  });
  return {
    folder: home,
    transcripts: pairs.map(({ transcript }) => transcript),
    clients: pairs.map(({ client }) => client),
    watchers,
    before: undefined,
    open: new Set(),
  };
}

interface Surroundings {
  readonly engine: FakeEngine;
  readonly totals: CrashTotals;
  readonly usesPilot: boolean;
}

function environmentOf(round: Round, engine: FakeEngine): Record<string, string> {
  return { OLLAMA_HOST: engine.url, OLLAMA_NUM_PARALLEL: '8', PILOTLIGHT_DATA: join(round.folder, 'data'), HOME: round.folder };
}

async function runCycle(round: Round, plan: CyclePlan, { engine, totals, usesPilot }: Surroundings): Promise<void> {
  const server = startCrashingServer(environmentOf(round, engine));
  const giveUp = new AbortController();
  let isKilled = false;
  const dueToDie = waitFor(plan.kill, server, round);
  const model = plan.usesPilot && usesPilot ? 'pilot:latest' : 'fake:latest';
  const chatting = server.listening.then(async (address) => {
    if (address === undefined) return;
    const options = { address, model, isKilled: () => isKilled, signal: giveUp.signal };
    await Promise.all(round.clients.map((client, index) => client.live({ ...options, moves: plan.moves[index] ?? [] })));
  });
  let isReady = false;
  let children: readonly number[] = [];
  try {
    // What goes wrong for a client ends the cycle at once.
    await Promise.race([dueToDie, chatting.then(() => dueToDie)]);
    isReady = await isStarted(server);
  } finally {
    isKilled = true;
    children = await server.kill();
  }
  const giveUpTimer = setTimeout(() => giveUp.abort(), 5_000);
  await chatting;
  clearTimeout(giveUpTimer);
  const { code, signal } = await server.exited;
  if (signal !== 'SIGKILL') throw new Error(`the server ended by itself with code ${code}:\n${server.output()}`);
  await noOrphans(children);
  if (!isReady) totals.killedWhileStarting += 1;
  await check(round, isReady, totals);
}

/** Whether what a former server left open has been closed by now. */
async function isStarted(server: CrashingServer): Promise<boolean> {
  const address = await Promise.race([server.listening, pause(0, undefined)]);
  if (address === undefined) return false;
  const response = await fetch(`${address}/readyz`, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
  return response?.ok === true;
}

async function waitFor(kill: KillInstant, server: CrashingServer, { watchers }: Round): Promise<void> {
  if (kill.kind === 'after-spawn') return pause(kill.ms);
  await server.listening;
  if (kill.kind === 'after-listening') return pause(kill.ms);
  const { promise, resolve } = Promise.withResolvers<void>();
  let left = kill.count;
  const watch = ({ type }: TranscriptEvent): void => {
    if (type === kill.event && (left -= 1) === 0) resolve();
  };
  watchers.add(watch);
  const limit = setTimeout(resolve, 4_000);
  await promise;
  clearTimeout(limit);
  watchers.delete(watch);
}

/** The engine's processes see that their server is gone, and go. */
async function noOrphans(children: readonly number[]): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (children.some(isProcessAlive)) {
    if (Date.now() > deadline) throw new Error(`processes outlived their server: ${children.filter(isProcessAlive).join(', ')}`);
    await pause(50);
  }
}

async function check(round: Round, hasRecovered: boolean, totals: CrashTotals): Promise<void> {
  for (const transcript of round.transcripts) transcript.flush();
  const database = await readCopy(round.folder);
  if (database === undefined) {
    if (round.before !== undefined) throw new Error('the database is gone');
    return;
  }
  const verdict = judge({
    database,
    before: round.before,
    transcripts: round.transcripts.map(({ file }) => file),
    mustBeClosed: hasRecovered ? round.open : new Set(),
  });
  if (verdict.findings.length > 0) throw new Error(toWords(verdict));
  if (hasRecovered) round.open.clear();
  for (const { id, isClosed } of database.generations.values()) if (!isClosed) round.open.add(id);
  round.before = database;
  totals.acknowledged += verdict.newlyAcknowledged;
}

function toWords({ findings }: Verdict): string {
  const shown = findings.slice(0, 12).map((finding) => `  ${finding}`);
  return [`the checker found ${findings.length}:`, ...shown].join('\n');
}

/** A crashed database is looked at in a copy, so that the next server finds it as the crash left it. */
async function readCopy(folder: string): Promise<StoredDatabase | undefined> {
  const copy = join(folder, 'copy');
  await rm(copy, { recursive: true, force: true });
  await mkdir(copy);
  for (const suffix of ['', '-wal']) await copyFile(join(folder, 'data', DATABASE + suffix), join(copy, DATABASE + suffix)).catch(() => {});
  return readDatabase(join(copy, DATABASE));
}

/** A server that is let be: every answer ends, every client reads to the end, and nothing is open any more. */
async function endRound(round: Round, engine: FakeEngine, totals: CrashTotals): Promise<void> {
  const server = startCrashingServer(environmentOf(round, engine));
  const limit = AbortSignal.timeout(START_LIMIT_MS);
  const address = await server.listening;
  if (address === undefined) throw new Error(`the server did not start after the crashes:\n${server.output()}`);
  const options = { address, moves: [], model: 'fake:latest', isKilled: () => false, signal: limit };
  await Promise.all(round.clients.map((client) => client.live(options)));
  for (const generation of round.before?.generations.keys() ?? []) round.open.add(generation);
  await server.kill();
  await check(round, true, totals);
  if (round.open.size > 0) throw new Error(`answers without an end: ${[...round.open].join(', ')}`);
  const unread = round.clients.reduce((sum, client) => sum + client.unread, 0);
  if (unread > 0) throw new Error(`${unread} answers that a client could not read to their end`);
  const generations = [...(round.before?.generations.values() ?? [])];
  totals.shown += generations.reduce((sum, { shownParts }) => sum + shownParts, 0);
  totals.interrupted += generations.filter(({ answerState }) => answerState === 'interrupted').length;
  totals.complete += generations.filter(({ answerState }) => answerState === 'complete' || answerState === 'stopped').length;
}
