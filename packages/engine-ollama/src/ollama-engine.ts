import { EngineError, NetworkError } from '@pilotlight/contract';
import type { Capability, Clock, Engine, EngineStatus, LaunchProfile, Network, ResidentModel } from '@pilotlight/contract';
import { connectLimitMs, createRunningAnswers, isLoopback, textOf } from '@pilotlight/engine-http';

import { embedTexts } from './embed-texts.ts';
import { loadModel } from './load-model.ts';
import type { ModelCatalogue } from './model-catalogue.ts';
import { createModelCatalogue } from './model-catalogue.ts';
import { findNotApplied } from './not-applied.ts';
import type { OllamaClient } from './ollama-client.ts';
import { createOllamaClient } from './ollama-client.ts';
import { streamAnswer } from './stream-answer.ts';
import type { KeepAlive } from './to-chat-body.ts';
import { toResidentModels } from './to-resident-models.ts';
import { unloadModel } from './unload-model.ts';

export interface OllamaEngineSetup {
  /** `ollama`, or `ollama@host:port` where there are several. */
  readonly id: string;
  /** `http://127.0.0.1:11434`, with a path if Ollama stands behind one; a slash at the end is dropped. */
  readonly address: string;
  readonly network: Network;
  readonly clock: Clock;
  /** Sent with every call, so that no caller changes it. Absent: Ollama's own default. */
  readonly keepAlive?: KeepAlive | undefined;
  /** `OLLAMA_NUM_PARALLEL` of that server, which it does not tell; default 1. More requests than that wait inside Ollama, where nobody sees them. */
  readonly slots?: number;
}

const CHECK_LIMIT_MS = 2_000;
const RESIDENT_LIMIT_MS = 2_000;

async function check(client: OllamaClient, clock: Clock, signal: AbortSignal | undefined): Promise<EngineStatus> {
  const startMs = clock.monotonic();
  const { address } = client;
  const durationMs = (): number => clock.monotonic() - startMs;
  try {
    const version = textOf((await client.ask({ path: '/api/version', signal, limitMs: CHECK_LIMIT_MS }))['version']);
    return { reachable: true, address, durationMs: durationMs(), ...(version === undefined ? {} : { version }) };
  } catch (error) {
    signal?.throwIfAborted();
    return { reachable: false, address, reason: toReason(error), durationMs: durationMs() };
  }
}

/** Why it is away, without the address, which stands beside it: "connection refused". */
function toReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof NetworkError && error.cause.failure !== 'invalid' ? error.cause.message : error.message;
}

async function readResident(
  client: OllamaClient,
  catalogue: ModelCatalogue,
  signal: AbortSignal | undefined,
): Promise<readonly ResidentModel[]> {
  return toResidentModels(await client.ask({ path: '/api/ps', signal, limitMs: RESIDENT_LIMIT_MS }), catalogue.known);
}

/** The weights of a model if they are known, else its name: what shares them shares its runner. */
function runnerOf(catalogue: ModelCatalogue, model: string): string {
  return catalogue.known.find(({ name }) => name === model)?.weightsKey ?? model;
}

function capabilitiesOf(catalogue: ModelCatalogue, model: string): readonly Capability[] | undefined {
  return catalogue.known.find(({ name }) => name === model)?.capabilities;
}

/** Drives one Ollama server. Several servers are several engines. */
export function createOllamaEngine(setup: OllamaEngineSetup): Engine {
  const { clock, keepAlive, slots = 1 } = setup;
  const url = new URL(setup.address);
  const address = `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
  const client = createOllamaClient({ address, network: setup.network, clock, connectTimeoutMs: connectLimitMs(address) });
  const catalogue = createModelCatalogue(client, slots);
  const answers = createRunningAnswers('Ollama');
  const profiles = new Map<string, LaunchProfile>();
  const closed = new AbortController();
  const resident = (signal?: AbortSignal): Promise<readonly ResidentModel[]> => readResident(client, catalogue, signal);
  const untilClosed = (signal: AbortSignal): AbortSignal => AbortSignal.any([signal, closed.signal]);

  return {
    id: setup.id,
    kind: 'ollama',
    reportsResidency: true,
    observation: 'poll',
    forgets: true,
    isLocal: isLoopback(url.hostname),
    continues: 'probe',
    check: (signal) => check(client, clock, signal),
    list: (signal) => catalogue.list(signal),
    describe: (model, signal) => catalogue.describe(model, signal),
    resident,
    optionsNotApplied: (model, options) => findNotApplied(model, capabilitiesOf(catalogue, model), options),
    async load(model, { profile, signal }) {
      const description = await catalogue.describe(model, signal);
      profiles.set(model, profile);
      const ended = untilClosed(signal);
      return loadModel({ client, description, profile, keepAlive, slots, resident: () => resident(ended), signal: ended });
    },
    async unload(model, signal) {
      const runner = runnerOf(catalogue, model);
      answers.end((other) => runnerOf(catalogue, other) === runner, new EngineError('died', `${model} was unloaded.`));
      await unloadModel({ client, clock, model, resident, signal });
    },
    stream: (request, signal) =>
      answers.run(request.model, signal, (ended) => {
        const canThink = capabilitiesOf(catalogue, request.model)?.includes('thinking') ?? false;
        return streamAnswer({ client, clock, request, keepAlive, canThink, signal: ended });
      }),
    embed: (model, texts, signal) =>
      embedTexts({ client, model, texts, profile: profiles.get(model) ?? {}, keepAlive, signal: untilClosed(signal) }),
    countTokens: (_model, _messages, signal) => {
      signal?.throwIfAborted();
      return Promise.resolve(undefined);
    },
    subscribe: () => ({ [Symbol.dispose]: () => {} }),
    [Symbol.asyncDispose]: () => {
      answers.close();
      closed.abort(new EngineError('failed', 'The connection to Ollama is closed.'));
      return Promise.resolve();
    },
  };
}
