import type { AnswerPlan, AnswerStep } from './answer-plan.ts';
import { delay } from './delay.ts';
import type { Exchange } from './exchange.ts';
import type { Fault } from './fake-engine-config.ts';
import { HttpFailure } from './http-failure.ts';

/** How one wire writes an answer. Each returns one chunk. */
export interface AnswerFrames {
  readonly contentType: string;
  step(step: AnswerStep): Buffer;
  /** What follows the last step: a tool call, the end marker, usage. */
  ending(): readonly Buffer[];
  readonly error: (text: string) => Buffer;
  /** What is sent when the runner has died in the middle. */
  readonly runnerGone: (text: string) => Buffer;
  /** Any text as this wire frames a line. */
  line(text: string): Buffer;
}

export interface AnswerJob {
  readonly plan: AnswerPlan;
  readonly frames: AnswerFrames;
  readonly exchange: Exchange;
  readonly fault: Fault | undefined;
  readonly tokensPerSecond: number;
  readonly prefillMs: number;
  /** Kills the runner that writes this answer. */
  readonly killRunner: () => void;
  /** Aborted when the runner has died. */
  readonly died: AbortSignal;
}

const FLOOD_BATCH = 64;
const RUNNER_GONE = 'an error was encountered while running the model: unexpected EOF';

/** Sends one planned answer at its pace, with its fault. Resolves when nothing more will be sent, or the client has left. */
export async function playAnswer(job: AnswerJob): Promise<void> {
  const ended = AbortSignal.any([job.exchange.signal, job.died]);
  await play({ ...job, ended });
  if (job.died.aborted && !job.exchange.signal.aborted && job.fault?.kind !== 'runner-dies')
    await failWith(job, RUNNER_GONE, job.frames.runnerGone);
}

interface PlayedAnswer extends AnswerJob {
  /** Aborted when the client has left or the runner has died. */
  readonly ended: AbortSignal;
}

async function play(job: PlayedAnswer): Promise<void> {
  const { plan, exchange, fault, ended } = job;
  if (!(await delay(job.prefillMs, ended))) return;
  if (fault?.kind === 'slices') exchange.slice();
  const limit = fault?.after ?? (fault === undefined || fault.kind === 'slices' ? plan.steps.length : 0);
  const first = Math.min(limit, plan.steps.length);
  const startedAt = performance.now();
  await sendSteps(job, { from: 0, to: first, startedAt });
  if (ended.aborted) return;
  if (fault !== undefined && fault.kind !== 'slices' && !(await strike(job, fault))) return;
  await sendSteps(job, { from: first, to: plan.steps.length, startedAt });
  if (ended.aborted) return;
  exchange.open(job.frames.contentType);
  if (!plan.silentEnd) await exchange.write(job.frames.ending());
  exchange.end();
}

interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly startedAt: number;
}

/** Sends the steps of a stretch, each at its instant after the start of the answer, so that lateness never adds up. */
async function sendSteps(job: PlayedAnswer, { from, to, startedAt }: Stretch): Promise<void> {
  const { plan, exchange, frames, ended } = job;
  const gapMs = job.tokensPerSecond > 0 ? 1_000 / job.tokensPerSecond : 0;
  let sent = from;
  while (sent < to && !ended.aborted) {
    let count = FLOOD_BATCH;
    if (gapMs > 0) {
      const waitMs = startedAt + sent * gapMs - performance.now();
      if (waitMs > 0 && !(await delay(waitMs, ended))) return;
      count = Math.max(1, Math.floor((performance.now() - startedAt) / gapMs) + 1 - sent);
    }
    exchange.open(frames.contentType);
    await exchange.write(plan.steps.slice(sent, Math.min(to, sent + count)).map((step) => frames.step(step)));
    sent += count;
  }
}

/** Lets a fault strike; true if the answer goes on after it. */
async function strike(job: AnswerJob, fault: Fault): Promise<boolean> {
  const { exchange, frames } = job;
  if (fault.opens === true) exchange.open(frames.contentType);
  switch (fault.kind) {
    case 'hang':
      if (await delay(fault.ms ?? -1, exchange.signal)) exchange.cut();
      return false;
    case 'status':
      if (fault.retryAfter !== undefined) exchange.setHeader('retry-after', String(fault.retryAfter));
      exchange.send(fault.status ?? 500, { error: fault.text ?? 'something failed' });
      return false;
    case 'error':
      return failWith(job, fault.text ?? RUNNER_GONE, frames.error);
    case 'runner-dies':
      job.killRunner();
      return failWith(job, fault.text ?? RUNNER_GONE, frames.runnerGone);
    case 'cut':
      exchange.cut();
      return false;
    case 'reset':
      exchange.reset();
      return false;
    case 'end':
      exchange.open(frames.contentType);
      exchange.end();
      return false;
    case 'die':
      process.kill(process.pid, 'SIGKILL');
      return false;
    case 'malformed':
      return writeThenGoOn(job, [frames.line(fault.text ?? '{"model": oops')]);
    case 'long-line':
      return writeThenGoOn(job, [frames.line('x'.repeat(fault.bytes ?? 16_777_216))]);
    case 'half-character': {
      const chunk = frames.step({ kind: 'text', text: ' café' });
      const middle = chunk.indexOf(Buffer.from('é')) + 1;
      return writeThenGoOn(job, [chunk.subarray(0, middle), chunk.subarray(middle)]);
    }
    case 'slices':
      return true;
  }
}

async function failWith(job: AnswerJob, text: string, toFrame: (text: string) => Buffer): Promise<false> {
  if (!job.exchange.started) throw new HttpFailure(500, text);
  await job.exchange.write([toFrame(text)]);
  job.exchange.end();
  return false;
}

/** Sends the chunks one by one, so that they also arrive in pieces. */
async function writeThenGoOn(job: AnswerJob, chunks: readonly Buffer[]): Promise<true> {
  job.exchange.open(job.frames.contentType);
  for (const chunk of chunks) {
    await job.exchange.write([chunk]);
    await delay(5, job.exchange.signal);
  }
  return true;
}
