import { planAnswer, prefixOf } from '../answer-plan.ts';
import { toVector } from '../embedding.ts';
import { capabilitiesOf } from '../fake-engine-config.ts';
import type { Exchange } from '../exchange.ts';
import type { FakeModel } from '../fake-engine-config.ts';
import type { FakeEngineState, Handler } from '../fake-engine-state.ts';
import { modelOf } from '../fake-engine-state.ts';
import { HttpFailure } from '../http-failure.ts';
import { runAnswer } from '../run-answer.ts';
import { toListEntry } from './list-entry.ts';
import { createOpenaiFrames, createOpenaiWhole } from './openai-frames.ts';

const models: Handler = (state, exchange) => {
  exchange.send(200, { object: 'list', data: state.config().models.map((model) => toListEntry(state, model)) });
};

/** Whether a load runs, in the manner of llama-server; with the fraction only if the configuration says so. */
const health: Handler = (state, exchange) => {
  const { load } = state.scheduler;
  if (load === undefined) {
    exchange.send(200, { status: 'ok' });
    return;
  }
  const progress = state.config().reportsProgress ? { progress: load.fraction } : {};
  exchange.send(503, { error: { code: 503, message: 'Loading model', type: 'unavailable_error' }, ...progress });
};

/** The router loads nothing for a request that says so. */
function refuseUnloaded(state: FakeEngineState, exchange: Exchange, model: FakeModel): void {
  if (state.config().openai !== 'llama-router' || exchange.query.get('autoload') !== 'false') return;
  if (state.runners.get(model) === undefined) throw new HttpFailure(400, 'model is not loaded');
}

const chat: Handler = async (state, exchange) => {
  const body = await exchange.json();
  const model = modelOf(state, body['model']);
  refuseUnloaded(state, exchange, model);
  const messages = (body['messages'] ?? []) as readonly { readonly role: string; readonly content: string }[];
  if (messages.length === 0) throw new HttpFailure(400, "[] is too short - 'messages'");
  const options = body['stream_options'] as { readonly include_usage?: boolean } | undefined;
  const style = { model: String(body['model']), includesUsage: options?.include_usage === true };
  const stop = body['stop'] ?? [];
  const limit = body['max_completion_tokens'] ?? body['max_tokens'];
  await runAnswer({
    state,
    exchange,
    model,
    options: {},
    keepAliveMs: undefined,
    plan: () =>
      planAnswer({
        model,
        rules: state.config().answers,
        prompt: messages.map((message) => message.content).join('\n'),
        question: messages.findLast((message) => message.role === 'user')?.content ?? '',
        // vLLM goes on from a last message only where the request says so.
        prefix: state.config().openai === 'vllm' && body['continue_final_message'] !== true ? '' : prefixOf(model, messages),
        thinks: body['reasoning_effort'] !== 'none',
        offersTools: Array.isArray(body['tools']) && body['tools'].length > 0,
        asJson: body['response_format'] !== undefined,
        maxTokens: typeof limit === 'number' ? limit : undefined,
        stop: typeof stop === 'string' ? [stop] : (stop as readonly string[]),
      }),
    streams: body['stream'] === true,
    frames: createOpenaiFrames(style),
    whole: createOpenaiWhole(style),
  });
};

const embeddings: Handler = async (state, exchange) => {
  const body = await exchange.json();
  const model = modelOf(state, body['model']);
  const input = body['input'];
  const texts = Array.isArray(input) ? (input as readonly unknown[]) : [input];
  if (!texts.every((text) => typeof text === 'string' && text !== '')) throw new HttpFailure(400, 'invalid input');
  refuseUnloaded(state, exchange, model);
  if (!capabilitiesOf(model).includes('embedding')) throw new HttpFailure(501, 'This server does not support embeddings');
  await state.scheduler.runnerFor({ model, options: {}, keepAliveMs: undefined, signal: exchange.signal });
  const data = texts.map((text, index) => ({ object: 'embedding', index, embedding: toVector(String(text)) }));
  exchange.send(200, { object: 'list', data, model: body['model'], usage: { prompt_tokens: data.length, total_tokens: data.length } });
};

/** The API in the manner of OpenAI, with llama-server's health. */
export const OPENAI_ROUTES: Readonly<Record<string, Handler>> = {
  'GET /health': health,
  'GET /v1/models': models,
  'POST /v1/chat/completions': chat,
  'POST /v1/embeddings': embeddings,
};
