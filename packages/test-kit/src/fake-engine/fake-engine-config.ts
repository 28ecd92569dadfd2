import { createHash } from 'node:crypto';

/** A model of the fake engine. Everything but the name has a default. */
export interface FakeModel {
  /** With tag: `mistral:latest`. */
  readonly name: string;
  /** Models with equal weights share one runner, as copies do. Default: weights of its own. */
  readonly weights?: string;
  readonly sizeBytes?: number;
  readonly family?: string;
  readonly parameterSize?: string;
  readonly quantization?: string;
  readonly capabilities?: readonly string[];
  /** The longest context that it was trained for. */
  readonly contextLength?: number;
  /** How long a load takes; negative: it never ends. */
  readonly loadMs?: number;
  /** Every load fails with this. */
  readonly loadError?: { readonly status: number; readonly text: string };
  /** Said instead of what the rules would give. */
  readonly answer?: string;
  /** Thought before the answer, if the model has the capability `thinking`. */
  readonly thought?: string;
  /** Called instead of an answer; in a line of its own, or inside the last line as models with a template in their file do. */
  readonly toolCall?: { readonly name: string; readonly arguments: Readonly<Record<string, unknown>>; readonly inLastLine?: boolean };
  /** What it does with a last message of the assistant: goes on from it, begins anew after it, or refuses it. Default: goes on. */
  readonly prefix?: 'goes-on' | 'restarts' | 'refuses';
  /** Set for a model that runs elsewhere: its host. */
  readonly remoteHost?: string;
}

/** A last user message that contains `when` (in any case) is answered with `say`. */
export interface AnswerRule {
  readonly when: string;
  readonly say: string;
}

export type FaultKind =
  /** Accepts the request and never answers. In the middle of an answer: silence from there; with `ms` the connection closes after it. */
  | 'hang'
  /** Answers with `status` and `text` as the error. */
  | 'status'
  /** An error line under status 200, then a clean end; with nothing sent before it, status 500. */
  | 'error'
  /** The connection closes without the last chunk. */
  | 'cut'
  /** The connection is reset. */
  | 'reset'
  /** A clean end without the end marker. */
  | 'end'
  /** A line that is no JSON; then it goes on. */
  | 'malformed'
  /** A line of `bytes` bytes; then it goes on. */
  | 'long-line'
  /** The body comes in pieces of one byte. */
  | 'slices'
  /** One token with a two-byte character, split between its bytes. */
  | 'half-character'
  /** The runner dies, and the model is no longer in memory. Ollama's own API says so in an error line; its `/v1` sends one empty chunk of no model. */
  | 'runner-dies'
  /** The whole process kills itself. */
  | 'die';

/** What goes wrong, where, how often. The first rule that fits a request is used. */
export interface Fault {
  readonly kind: FaultKind;
  /** `answer` (default): any request that generates. Else a path, or `*` for every path; such a rule strikes before the request is looked at. */
  readonly on?: string;
  /** Only for this model. */
  readonly model?: string;
  /** After so many tokens. Default 0. */
  readonly after?: number;
  /** Status 200 and the head are sent before it strikes, also where no token was. */
  readonly opens?: boolean;
  /** How many requests it strikes; default: all, until it is taken away. */
  readonly times?: number;
  readonly status?: number;
  readonly text?: string;
  /** With `status`: the header of that name, in seconds. */
  readonly retryAfter?: number;
  readonly bytes?: number;
  /** With `hang`: how long. */
  readonly ms?: number;
}

/** Whose manner `/v1` and what lies beside it have: what lists of models tell, and whether models can be loaded and unloaded on request. */
export type OpenaiManner = 'plain' | 'vllm' | 'lm-studio' | 'llama-server' | 'llama-router';

export interface FakeEngineConfig {
  readonly port: number;
  readonly version: string;
  readonly models: readonly FakeModel[];
  readonly answers: readonly AnswerRule[];
  readonly faults: readonly Fault[];
  /** Models in memory at once; one more evicts. */
  readonly maxLoaded: number;
  /** Answers at once for each model. */
  readonly parallel: number;
  /** Cold requests that may wait; one more is refused with 503. */
  readonly maxQueue: number;
  readonly keepAliveMs: number;
  /** The context of a model that nobody gave one. */
  readonly contextLength: number;
  /** Default for each model. */
  readonly loadMs: number;
  /** How long a model takes to leave memory. */
  readonly unloadMs: number;
  /** A load goes on when the client that caused it has left. Ollama ends it. */
  readonly loadSurvivesClient: boolean;
  /** `/health` tells the fraction of a running load. */
  readonly reportsProgress: boolean;
  /** 0: as fast as they go. */
  readonly tokensPerSecond: number;
  /** Silence before the first token. */
  readonly prefillMs: number;
  readonly ignoreSigterm: boolean;
  readonly openai: OpenaiManner;
  /** A llama-server sleeps until it is given work: `/tokenize` wakes it, and the first of its models is loaded. */
  readonly sleeps: boolean;
  /** Without it as a bearer token `/v1` answers 401. */
  readonly apiKey?: string;
}

export const DEFAULT_CONFIG: FakeEngineConfig = {
  port: 0,
  version: '0.33.0',
  models: [{ name: 'fake:latest' }, { name: 'fake-embed:latest', capabilities: ['embedding'] }],
  answers: [{ when: '2 + 2', say: '4' }],
  faults: [],
  maxLoaded: 3,
  parallel: 1,
  maxQueue: 512,
  keepAliveMs: 300_000,
  contextLength: 4096,
  loadMs: 0,
  unloadMs: 0,
  loadSurvivesClient: false,
  reportsProgress: false,
  tokensPerSecond: 0,
  prefillMs: 0,
  ignoreSigterm: false,
  openai: 'plain',
  sleeps: false,
};

/** The digest by which the weights of a model are known. */
export function weightsOf(model: FakeModel): string {
  return createHash('sha256')
    .update(model.weights ?? model.name)
    .digest('hex');
}

/** The model of a name; the tag may be left out, case does not matter. */
export function findModel(models: readonly FakeModel[], name: string): FakeModel | undefined {
  const wanted = (name.includes(':') ? name : `${name}:latest`).toLowerCase();
  return models.find((model) => model.name.toLowerCase() === wanted);
}

export function capabilitiesOf(model: FakeModel): readonly string[] {
  return model.capabilities ?? ['completion'];
}
