import type { AnswerPlan } from '../answer-plan.ts';
import { countPromptTokens, planAnswer, prefixOf } from '../answer-plan.ts';
import type { Exchange } from '../exchange.ts';
import type { FakeModel } from '../fake-engine-config.ts';
import { capabilitiesOf } from '../fake-engine-config.ts';
import type { FakeEngineState } from '../fake-engine-state.ts';
import { modelOf } from '../fake-engine-state.ts';
import { HttpFailure } from '../http-failure.ts';
import { parseKeepAlive } from '../keep-alive.ts';
import { runAnswer } from '../run-answer.ts';
import { toRunnerOptions } from '../runner-options.ts';
import type { OllamaShape } from './ollama-frames.ts';
import { createOllamaFrames, createOllamaWhole } from './ollama-frames.ts';

type Body = Readonly<Record<string, unknown>>;

interface Prompt {
  readonly whole: string;
  readonly question: string;
  readonly messages?: Parameters<typeof prefixOf>[1];
}

function keepAliveOf(body: Body): number | undefined {
  try {
    return parseKeepAlive(body['keep_alive']);
  } catch (error) {
    throw new HttpFailure(400, error instanceof Error ? error.message : String(error));
  }
}

function optionsOf(body: Body): Body {
  const options = body['options'] ?? {};
  if (typeof options !== 'object') throw new HttpFailure(400, 'json: cannot unmarshal options');
  for (const [name, value] of Object.entries(options)) {
    if (name === 'stop' && !Array.isArray(value)) throw new HttpFailure(500, 'option "stop" must be of type array');
    if (name !== 'stop' && typeof value === 'string') throw new HttpFailure(500, `option "${name}" must be of type number`);
  }
  return options as Body;
}

function planFor(model: FakeModel, body: Body, prompt: Prompt): (state: FakeEngineState, contextLength: number) => AnswerPlan {
  const options = optionsOf(body);
  const limit = typeof options['num_predict'] === 'number' ? Math.trunc(options['num_predict']) : undefined;
  return (state, contextLength) => {
    const tokens = countPromptTokens(prompt.whole);
    if (body['truncate'] === false && tokens > contextLength) throw tooLong(tokens, contextLength);
    return planAnswer({
      model,
      rules: state.config().answers,
      prompt: prompt.whole,
      question: prompt.question,
      prefix: prefixOf(model, prompt.messages ?? []),
      thinks: body['think'] !== false,
      offersTools: Array.isArray(body['tools']) && body['tools'].length > 0,
      asJson: body['format'] !== undefined && body['format'] !== '',
      maxTokens: limit,
      stop: (options['stop'] as readonly string[] | undefined) ?? [],
    });
  };
}

function tooLong(tokens: number, contextLength: number): HttpFailure {
  const message = `request (${tokens} tokens) exceeds the available context size (${contextLength} tokens), try increasing it`;
  const error = { code: 400, message, type: 'exceed_context_size_error', n_prompt_tokens: tokens, n_ctx: contextLength };
  return new HttpFailure(400, JSON.stringify({ error }));
}

/** Load or unload, as a request without anything to answer asks. */
async function serveIdiom(state: FakeEngineState, exchange: Exchange, { model, body, shape }: IdiomRequest): Promise<void> {
  const keepAliveMs = keepAliveOf(body);
  const text = shape === 'chat' ? { message: { role: 'assistant', content: '' } } : { response: '' };
  const reply = (reason: string): void =>
    exchange.send(200, { model: body['model'], created_at: new Date().toISOString(), ...text, done: true, done_reason: reason });
  if (keepAliveMs === 0) {
    const runner = state.runners.get(model);
    if (runner !== undefined) {
      runner.keepAliveMs = 0;
      if (runner.isIdle) runner.settleIdle();
    }
    reply('unload');
    return;
  }
  refuseIfUnable(model, shape);
  const options = toRunnerOptions(optionsOf(body));
  const runner = await state.scheduler.runnerFor({ model, options, keepAliveMs, signal: exchange.signal });
  if (runner.isIdle) runner.settleIdle();
  reply('load');
}

interface IdiomRequest {
  readonly model: FakeModel;
  readonly body: Body;
  readonly shape: OllamaShape;
}

function refuseIfUnable(model: FakeModel, shape: OllamaShape): void {
  if (!capabilitiesOf(model).includes('completion')) throw new HttpFailure(400, `"${model.name}" does not support ${shape}`);
}

/** A request to chat or generate. `prompt` is undefined if it has nothing to answer. */
export async function serveAnswer(state: FakeEngineState, exchange: Exchange, request: AnswerRequest): Promise<void> {
  const { body, prompt, shape } = request;
  const model = modelOf(state, body['model']);
  if (prompt === undefined) return serveIdiom(state, exchange, { model, body, shape });
  refuseIfUnable(model, shape);
  const offersTools = Array.isArray(body['tools']) && body['tools'].length > 0;
  if (offersTools && !capabilitiesOf(model).includes('tools')) {
    throw new HttpFailure(400, `registry.example/library/${model.name} does not support tools`);
  }
  const plan = planFor(model, body, prompt);
  const name = String(body['model']);
  return runAnswer({
    state,
    exchange,
    model,
    options: toRunnerOptions(body['options']),
    keepAliveMs: keepAliveOf(body),
    plan: (contextLength) => plan(state, contextLength),
    streams: body['stream'] !== false,
    frames: createOllamaFrames(shape, name),
    whole: createOllamaWhole(shape, name),
  });
}

export interface AnswerRequest {
  readonly body: Body;
  readonly shape: OllamaShape;
  readonly prompt: Prompt | undefined;
}
