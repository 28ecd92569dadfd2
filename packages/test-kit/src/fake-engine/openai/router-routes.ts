import { delay } from '../delay.ts';
import type { FakeModel } from '../fake-engine-config.ts';
import { capabilitiesOf } from '../fake-engine-config.ts';
import type { FakeEngineState, Handler } from '../fake-engine-state.ts';
import { modelOf } from '../fake-engine-state.ts';
import { HttpFailure } from '../http-failure.ts';
import { countPromptTokens } from '../answer-plan.ts';
import { toListEntry } from './list-entry.ts';
import { loadOf, setLoad } from './router-loads.ts';

const EVENT_GAP_MS = 5;

function requireManner(state: FakeEngineState, ...manners: readonly string[]): void {
  if (!manners.includes(state.config().openai)) throw new HttpFailure(404, 'File Not Found');
}

async function bringIn(state: FakeEngineState, model: FakeModel, controller: AbortController): Promise<void> {
  try {
    await state.scheduler.runnerFor({ model, options: {}, keepAliveMs: Infinity, signal: controller.signal });
    setLoad(state, model.name, undefined);
  } catch {
    setLoad(state, model.name, controller.signal.aborted ? undefined : 'failed');
  }
}

const load: Handler = async (state, exchange) => {
  requireManner(state, 'llama-router');
  const model = modelOf(state, (await exchange.json())['model']);
  const known = loadOf(state, model.name);
  if (state.runners.get(model) !== undefined || known instanceof AbortController) throw new HttpFailure(400, 'model is already loaded');
  const controller = new AbortController();
  setLoad(state, model.name, controller);
  void bringIn(state, model, controller);
  exchange.send(200, { success: true });
};

/** What runs is killed with its answers, as by the real one. */
const unload: Handler = async (state, exchange) => {
  requireManner(state, 'llama-router');
  const model = modelOf(state, (await exchange.json())['model']);
  const known = loadOf(state, model.name);
  if (known instanceof AbortController) {
    known.abort();
    setLoad(state, model.name, undefined);
  }
  const runner = state.runners.get(model);
  if (runner !== undefined) {
    await delay(state.config().unloadMs, exchange.signal);
    state.runners.kill(runner);
  }
  exchange.send(200, { success: true });
};

const list: Handler = (state, exchange) => {
  requireManner(state, 'llama-router');
  exchange.send(200, { data: state.config().models.map((model) => toListEntry(state, model)) });
};

/** How far the load is, again and again, until the client leaves. */
const events: Handler = async (state, exchange) => {
  requireManner(state, 'llama-router');
  exchange.open('text/event-stream');
  do {
    const running = state.scheduler.load;
    if (running === undefined) continue;
    const progress = { stages: ['text_model', 'mmproj_model'], current: 'text_model', value: running.fraction };
    const event = { model: running.model, event: 'model_status', data: { status: 'loading', progress } };
    await exchange.write([Buffer.from(`data: ${JSON.stringify(event)}\n\n`)]);
  } while (await delay(EVENT_GAP_MS, exchange.signal));
};

const props: Handler = (state, exchange) => {
  requireManner(state, 'llama-server');
  const { load: running } = state.scheduler;
  if (running !== undefined) throw new HttpFailure(503, 'Loading model');
  exchange.send(200, { total_slots: state.config().parallel, is_sleeping: state.config().sleeps && state.runners.size === 0 });
};

const tokenize: Handler = async (state, exchange) => {
  requireManner(state, 'llama-server');
  const [model] = state.config().models;
  if (model !== undefined) await state.scheduler.runnerFor({ model, options: {}, keepAliveMs: Infinity, signal: exchange.signal });
  exchange.send(200, { tokens: [1] });
};

const inputTokens: Handler = async (state, exchange) => {
  requireManner(state, 'llama-server', 'llama-router');
  const messages = ((await exchange.json())['messages'] ?? []) as readonly { readonly content: string }[];
  const prompt = messages.map((message) => message.content).join('\n');
  exchange.send(200, { object: 'response.input_tokens', input_tokens: countPromptTokens(prompt) });
};

const lmStudio: Handler = (state, exchange) => {
  requireManner(state, 'lm-studio');
  const data = state.config().models.map((model) => {
    const isLoaded = state.runners.get(model) !== undefined;
    return {
      id: model.name,
      object: 'model',
      type: capabilitiesOf(model).includes('embedding') ? 'embeddings' : 'llm',
      arch: model.family ?? 'llama',
      quantization: model.quantization ?? 'Q4_K_M',
      state: isLoaded ? 'loaded' : 'not-loaded',
      max_context_length: model.contextLength ?? 8_192,
      ...(isLoaded ? { loaded_context_length: state.config().contextLength } : {}),
    };
  });
  exchange.send(200, { object: 'list', data });
};

/** What llama-server, its router and LM Studio have beside the API of OpenAI. */
export const ROUTER_ROUTES: Readonly<Record<string, Handler>> = {
  'GET /models': list,
  'GET /models/sse': events,
  'POST /models/load': load,
  'POST /models/unload': unload,
  'GET /props': props,
  'POST /tokenize': tokenize,
  'POST /v1/chat/completions/input_tokens': inputTokens,
  'GET /api/v0/models': lmStudio,
};
