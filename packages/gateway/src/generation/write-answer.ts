import { Problem, toTimestamp } from '@pilotlight/contract';
import type { GatewayPart, PhasePart } from '@pilotlight/contract';

import { composeAndStream } from './compose-and-stream.ts';
import type { Granted } from './compose-and-stream.ts';
import { bringsPrefix, toContinuedRequest } from './kept-answer.ts';
import { proveContinuation } from './prove-continuation.ts';
import type { AnswerProgress, EngineFinish } from './stream-answer.ts';
import { waitFor } from './wait-for.ts';

type SeamPart = Extract<GatewayPart, { type: 'seam' }>;

/** What this try goes on from, if another one has written something. */
export interface BrokenOff {
  readonly from: string;
  readonly reason: string;
}

/**
 * Writes the answer, or what is missing of it: then only if the model is known, or found, to go on from a beginning, and with the seam before the first
 * new word. Throws what the engine throws, or `Problem('continue_not_supported')` before anything is sent.
 */
export async function* writeAnswer(
  granted: Granted,
  progress: AnswerProgress,
  brokenOff: BrokenOff | undefined,
): AsyncGenerator<GatewayPart, EngineFinish> {
  const { request, kept, place } = granted;
  if (!brokenOff && !bringsPrefix(request)) return yield* keep(granted, composeAndStream(granted, progress), undefined);
  yield* makeSureThatItGoesOn(granted);
  const seam: SeamPart | undefined = brokenOff && { type: 'seam', ...brokenOff, to: place.description.name };
  kept.join(bringsPrefix(request) ? (request.messages.at(-1)?.content ?? '') : '');
  const continued = { ...granted, request: toContinuedRequest(request, kept) };
  return yield* keep(granted, composeAndStream(continued, progress), seam);
}

/** Notes what is shown of the answer, and puts the seam before the first word of this try. */
async function* keep(
  { kept, receipt, place, log, request, clock }: Granted,
  parts: AsyncGenerator<GatewayPart, EngineFinish>,
  seam: SeamPart | undefined,
): AsyncGenerator<GatewayPart, EngineFinish> {
  let pending = seam;
  let hasToken = false;
  try {
    for (;;) {
      const { done, value } = await parts.next();
      if (done) return value;
      const isContent = value.type !== 'phase' && value.type !== 'seam';
      if (isContent) place.deployment.record.addToken(clock.monotonic());
      if (isContent && !hasToken) {
        hasToken = true;
        place.deployment.breaker.showedLife();
      }
      const shown = kept.take(value);
      if (!shown) continue;
      if (pending && isContent) {
        const { from, to, reason } = pending;
        receipt.seams.push({ from, to, reason });
        log({ level: 'info', name: 'seam', request_id: request.requestId, model: to, engine: place.deployment.engine.id, from, reason });
        yield pending;
        pending = undefined;
      }
      yield shown;
    }
  } finally {
    // A reader that leaves in the middle of a part leaves the stream too.
    await parts.return(undefined as never);
  }
}

/** Throws where the model is known not to go on from a beginning, or could not be found to. */
async function* makeSureThatItGoesOn(granted: Granted): AsyncGenerator<GatewayPart, void> {
  const { place, request, kept, profile, clock, signal } = granted;
  const { deployment, description } = place;
  const { engine, continuations } = deployment;
  const model = description.name;
  if (request.options.format !== undefined) throw cannot(`an answer in a fixed form cannot be gone on with`);
  if (kept.isVisible && !kept.canGoOn) throw cannot('what was written cannot be gone on with');
  if (engine.continues === 'always') return;
  if (engine.continues === undefined) throw cannot(`${model} cannot go on from the beginning of an answer`);
  let verdict = continuations.of(model);
  if (verdict === undefined) {
    const since = toTimestamp(clock.now());
    const reason = `Trying whether ${model} can go on from the beginning of an answer`;
    const picture = (): PhasePart => ({ type: 'phase', phase: 'reading', model, reason, since });
    verdict = yield* waitFor(proveContinuation({ engine, model, profile, clock, signal }), { ...granted, picture });
    continuations.note(model, verdict);
    granted.log({ level: 'info', name: 'continuation', model, engine: engine.id, verdict });
  }
  if (verdict === 'yes') return;
  throw cannot(
    verdict === 'no'
      ? `${model} was tried, and does not go on from the beginning of an answer`
      : `${model} was tried, and it did not show whether it goes on from the beginning of an answer`,
  );
}

function cannot(detail: string): Problem {
  return new Problem('continue_not_supported', detail);
}
