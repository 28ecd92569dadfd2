import { EngineError, NetworkError } from '@pilotlight/contract';
import type { Clock, Engine, EngineStatus, Network } from '@pilotlight/contract';
import { connectLimitMs, createRunningAnswers } from '@pilotlight/engine-http';

import { countTokens } from './count-tokens.ts';
import { embedTexts } from './embed-texts.ts';
import { loadModel } from './load-model.ts';
import { findNotApplied } from './not-applied.ts';
import { createModelCatalogue } from './model-catalogue.ts';
import type { ModelCatalogue } from './model-catalogue.ts';
import type { OpenaiClient } from './openai-client.ts';
import { createOpenaiClient } from './openai-client.ts';
import { streamAnswer } from './stream-answer.ts';
import { toAddress } from './to-address.ts';
import { unloadModel } from './unload-model.ts';

export interface OpenaiEngineSetup {
  /** `openai@host:port`, or the name that the owner gave it. */
  readonly id: string;
  /** `http://gpu-1:8000/v1`; without a path `/v1` is meant. A slash at the end is dropped. */
  readonly address: string;
  /** Sent to this server alone. */
  readonly apiKey?: string | undefined;
  readonly network: Network;
  readonly clock: Clock;
  /** Answers at once for each model, where the server does not tell; default 4. More requests than that wait where their place is shown. */
  readonly slots?: number;
}

const CHECK_LIMIT_MS = 2_000;
const DEFAULT_SLOTS = 4;

async function check(client: OpenaiClient, catalogue: ModelCatalogue, question: Checking): Promise<EngineStatus> {
  const { clock, signal } = question;
  const startMs = clock.monotonic();
  const { address } = client;
  const durationMs = (): number => clock.monotonic() - startMs;
  try {
    await client.ask({ path: '/v1/models', signal, limitMs: CHECK_LIMIT_MS });
    return { reachable: true, address, durationMs: durationMs() };
  } catch (error) {
    signal?.throwIfAborted();
    catalogue.forgetKind();
    return { reachable: false, address, reason: toReason(error), durationMs: durationMs() };
  }
}

interface Checking {
  readonly clock: Clock;
  readonly signal: AbortSignal | undefined;
}

/** Why it is away, without the address, which stands beside it: "connection refused". */
function toReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof NetworkError && error.cause.failure !== 'invalid' ? error.cause.message : error.message;
}

/** Drives one server that speaks the API of OpenAI. Several servers are several engines. */
export function createOpenaiEngine(setup: OpenaiEngineSetup): Engine {
  const { clock, network, apiKey, slots = DEFAULT_SLOTS } = setup;
  const address = toAddress(setup.address);
  const client = createOpenaiClient({ address, apiKey, network, clock, connectTimeoutMs: connectLimitMs(setup.address) });
  const catalogue = createModelCatalogue(client);
  const answers = createRunningAnswers(client.server);
  const closed = new AbortController();
  const untilClosed = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, closed.signal]);

  return {
    id: setup.id,
    kind: 'openai',
    get reportsResidency() {
      return catalogue.kind !== 'plain';
    },
    observation: 'poll',
    continues: 'probe',
    check: (signal) => check(client, catalogue, { clock, signal }),
    list: (signal) => catalogue.list(signal),
    describe: async (model, signal) => (await catalogue.findAnew(model, { signal })).description,
    resident: (signal) => catalogue.resident(signal),
    optionsNotApplied: (model, options) => findNotApplied({ options, ...catalogue.factsFor(model), server: client.server }),
    load: (model, { profile, signal, onProgress }) =>
      loadModel({ client, clock, catalogue, model, slots, profile, signal: untilClosed(signal), onProgress }),
    async unload(model, signal) {
      if (catalogue.canBeDriven) answers.end((other) => other === model, new EngineError('died', `${model} was unloaded.`));
      await unloadModel({ client, clock, catalogue, model, signal });
    },
    stream: (request, signal) =>
      answers.run(request.model, signal, (ended) => streamAnswer({ client, clock, catalogue, request, signal: ended })),
    embed: (model, texts, signal) => embedTexts({ client, catalogue, model, texts, signal: untilClosed(signal) }),
    countTokens: (model, messages, signal) => countTokens({ client, catalogue, model, messages, signal }),
    subscribe: () => ({ [Symbol.dispose]: () => {} }),
    [Symbol.asyncDispose]: () => {
      answers.close();
      closed.abort(new EngineError('failed', `The connection to ${client.server} is closed.`));
      return Promise.resolve();
    },
  };
}
