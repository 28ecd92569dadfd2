import { EngineError } from '@pilotlight/contract';
import type { GatewayPart, LaunchProfile, Message, Options, Prompt, PromptPlace, PromptRefusal } from '@pilotlight/contract';

import { guessTokens } from '../attempts/deadlines.ts';
import type { Loaded } from '../lifecycle/state.ts';
import type { AttemptPlace, Run } from './attempt.ts';
import type { Lease } from './lease.ts';
import { streamAnswer } from './stream-answer.ts';
import type { AnswerProgress, EngineFinish } from './stream-answer.ts';

/** A run that has its grant. */
export interface Granted extends Run {
  readonly lease: Lease;
  readonly place: AttemptPlace;
  readonly loaded: Loaded;
  /** That with which it is in memory now. */
  readonly profile: () => LaunchProfile;
}

/** So often a prompt is made shorter because the engine refused it. */
const MOST_REFUSALS = 3;

/** Asks the caller what is to be sent here, sends it, and streams the answer. What the engine refuses as too long is composed anew, before anything of an answer is shown. */
export async function* composeAndStream(granted: Granted, progress: AnswerProgress): AsyncGenerator<GatewayPart, EngineFinish> {
  const { request, lease } = granted;
  let refused: PromptRefusal | undefined;
  for (;;) {
    const prompt = yield* compose(granted, refused);
    granted.signal.throwIfAborted();
    lease.open(toStreamRequest(granted, prompt.messages, withLimit(request.options, prompt.maxTokens)));
    try {
      return yield* stream(granted, prompt.messages, progress);
    } catch (error) {
      const times = (refused?.times ?? 0) + 1;
      const isTooLong = error instanceof EngineError && error.failure === 'too_long' && progress.firstTokenMs === undefined;
      if (!isTooLong || !request.compose || times > MOST_REFUSALS) throw error;
      await lease.rest();
      refused = { times, promptTokens: error.lengths?.promptTokens, window: error.lengths?.contextLength };
    }
  }
}

async function* compose(granted: Granted, refused: PromptRefusal | undefined): AsyncGenerator<GatewayPart, Prompt> {
  const { request, signal } = granted;
  if (!request.compose) return { messages: request.messages };
  const prompt = yield* request.compose(toPlace(granted, refused), signal);
  const beginning = beginningOf(granted);
  return beginning === undefined ? prompt : { ...prompt, messages: [...prompt.messages, beginning] };
}

function beginningOf({ request }: Granted): Message | undefined {
  const last = request.messages.at(-1);
  return last?.prefix === true ? last : undefined;
}

function stream(granted: Granted, messages: readonly Message[], progress: AnswerProgress): AsyncGenerator<GatewayPart, EngineFinish> {
  const { place } = granted;
  // Of what is really sent: a file makes a prompt longer than its question is.
  const promptTokens = guessTokens(messages.reduce((sum, { content }) => sum + content.length, 0));
  return streamAnswer({ ...granted, promptTokens, model: place.description.name, pace: place.deployment.record.pace }, progress);
}

function toStreamRequest({ place, profile }: Granted, messages: readonly Message[], options: Options): Parameters<Lease['open']>[0] {
  return { model: place.description.name, messages, options, profile: profile() };
}

function withLimit(options: Options, limit: number | undefined): Options {
  if (limit === undefined || (options.max_tokens !== undefined && options.max_tokens <= limit)) return options;
  return { ...options, max_tokens: limit };
}

function toPlace(granted: Granted, refused: PromptRefusal | undefined): PromptPlace {
  const { place, loaded, signal } = granted;
  const { deployment, description } = place;
  return {
    model: description.name,
    engine: deployment.engine.id,
    window: loaded.contextLength,
    capabilities: description.capabilities,
    forgets: deployment.engine.forgets === true,
    beginning: beginningOf(granted),
    refused,
    count: (messages) => deployment.engine.countTokens(description.name, messages, signal),
    async *write(messages, options) {
      granted.lease.open(toStreamRequest(granted, messages, options));
      try {
        yield* stream(granted, messages, { firstTokenMs: undefined });
      } finally {
        await granted.lease.rest();
      }
    },
  };
}
