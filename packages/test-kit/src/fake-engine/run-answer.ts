import type { AnswerPlan } from './answer-plan.ts';
import type { Exchange } from './exchange.ts';
import type { FakeModel } from './fake-engine-config.ts';
import type { FakeEngineState } from './fake-engine-state.ts';
import type { AnswerFrames } from './play-answer.ts';
import { playAnswer } from './play-answer.ts';
import type { RunnerOptions } from './runner-options.ts';

/** How long each step of an answer took, in milliseconds. */
export interface AnswerTimes {
  readonly startedAt: number;
  readonly loadMs: number;
}

export interface AnswerRun {
  readonly state: FakeEngineState;
  readonly exchange: Exchange;
  readonly model: FakeModel;
  readonly options: RunnerOptions;
  readonly keepAliveMs: number | undefined;
  /** Decided when the runner is known, whose context may be too short for the prompt. */
  readonly plan: (contextLength: number) => AnswerPlan;
  readonly streams: boolean;
  readonly frames: (plan: AnswerPlan, times: AnswerTimes) => AnswerFrames;
  /** The whole answer as one object, for requests that do not stream. */
  readonly whole: (plan: AnswerPlan, times: AnswerTimes) => unknown;
}

/** Gets the runner and a slot of it, sends the answer, gives the slot back. */
export async function runAnswer(run: AnswerRun): Promise<void> {
  const { state, exchange, model } = run;
  const startedAt = performance.now();
  const runner = await state.scheduler.runnerFor({
    model,
    options: run.options,
    keepAliveMs: run.keepAliveMs,
    signal: exchange.signal,
  });
  const times = { startedAt, loadMs: performance.now() - startedAt };
  if (!(await runner.take(exchange.signal))) return;
  try {
    const plan = run.plan(runner.contextLength);
    state.events.add({ type: 'answer-start', model: model.name });
    const fault = state.faults.take('answer', model.name);
    const held = run.streams ? exchange : withoutStream(exchange, run.whole(plan, times), plan.silentEnd);
    await playAnswer({
      plan,
      exchange: held,
      fault,
      frames: run.frames(plan, times),
      tokensPerSecond: state.config().tokensPerSecond,
      prefillMs: state.config().prefillMs,
      killRunner: () => state.runners.kill(runner),
      died: runner.died,
    });
  } finally {
    state.events.add({ type: exchange.signal.aborted ? 'left' : 'answer-end', model: model.name });
    runner.give();
  }
}

/** The same exchange for an answer that is sent whole at its end: nothing goes out before. */
function withoutStream(exchange: Exchange, body: unknown, isCut: boolean): Exchange {
  const whole = isCut && typeof body === 'object' ? { ...body, done: false } : body;
  return {
    ...exchange,
    get started() {
      return false;
    },
    signal: exchange.signal,
    json: () => exchange.json(),
    open: () => {},
    write: () => Promise.resolve(),
    end: () => exchange.send(200, whole),
  };
}
