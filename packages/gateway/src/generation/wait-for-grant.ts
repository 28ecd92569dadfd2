import { Problem } from '@pilotlight/contract';
import type { GatewayPart, PhasePart, Refusal } from '@pilotlight/contract';

import { comeBackAfter } from '../estimates/queue-estimate.ts';
import { isServing } from '../lifecycle/state.ts';
import type { LifecycleState, Loaded } from '../lifecycle/state.ts';
import { placeOf } from '../scheduling/queue.ts';
import { toWaitingPart } from '../views/phase-words.ts';
import type { AttemptPlace, Move, Run, Turn } from './attempt.ts';
import { createLease } from './lease.ts';
import type { Lease } from './lease.ts';
import { waitFor } from './wait-for.ts';

/** Ends a wait; never seen outside. */
export class MovedOn extends Error {
  readonly move: Move;
  constructor(move: Move) {
    super('it is better off elsewhere');
    this.move = move;
  }
}

interface Wait {
  readonly lease: Lease;
  readonly parts: AsyncGenerator<GatewayPart, Loaded>;
}

/** Enters the queue, and shows the way from there to the grant. What was waited goes into the receipt: for a load, or for a turn. */
export function waitForGrant(run: Run, { deployment, description }: AttemptPlace, { lookAround }: Turn): Wait {
  const { clock, feed, request, receipt, signal } = run;
  const waitingSince = { wallMs: clock.now(), monotonicMs: clock.monotonic() };
  const waiter = { id: run.randomness.id(), priority: request.priority, label: request.label, model: description.name };
  let markMs = waitingSince.monotonicMs;
  let isForTurn = isServing(deployment.state.lifecycle);

  function account(): void {
    const now = clock.monotonic();
    if (isForTurn) receipt.queueMs += now - markMs;
    else receipt.loadMs += now - markMs;
    markMs = now;
    isForTurn = isServing(deployment.state.lifecycle);
    queueing?.count(!isLoading(deployment.state.lifecycle));
  }
  const leaving = Promise.withResolvers<never>();
  // Nobody may be listening yet, or any more.
  leaving.promise.catch(() => {});
  const queueing = run.queueLimit?.wait(() => {
    const move = lookAround?.(clock.monotonic() - waitingSince.monotonicMs, true);
    leaving.reject(move ? new MovedOn(move) : toQueueTimeout(run, { deployment, waiterId: waiter.id, picture: picture() }));
  });
  const ticket = deployment.enter(waiter, () => {
    account();
    feed.changed();
  });
  const lease = createLease({ ticket, engine: deployment.engine, clock, signal });

  function picture(): PhasePart {
    const view = { model: description.name, waiterId: waiter.id, waitingSince, nowMonotonicMs: clock.monotonic() };
    return toWaitingPart(deployment, { ...view, loadAhead: run.loadAhead(deployment.engine.id) });
  }
  async function* wait(): AsyncGenerator<GatewayPart, Loaded> {
    if (lookAround)
      feed.onSecond(() => {
        const move = lookAround(clock.monotonic() - waitingSince.monotonicMs, false);
        if (move) leaving.reject(new MovedOn(move));
      });
    try {
      const granted = lookAround || queueing ? Promise.race([ticket.granted, leaving.promise]) : ticket.granted;
      return yield* waitFor(granted, { ...run, picture });
    } finally {
      feed.onSecond(undefined);
      account();
      queueing?.[Symbol.dispose]();
    }
  }
  // A reader that is slow to come back has its grant all the same.
  if (queueing) void ticket.granted.then(queueing[Symbol.dispose], queueing[Symbol.dispose]);
  return { lease, parts: wait() };
}

/** Its own model is on its way into memory: no wait for its turn. */
function isLoading({ phase }: LifecycleState): boolean {
  return phase === 'loading' || phase === 'warming';
}

interface GivenUp {
  readonly deployment: AttemptPlace['deployment'];
  readonly waiterId: string;
  readonly picture: PhasePart;
}

/** The refusal of a request that has waited for its turn as long as it may, with where it stood. */
function toQueueTimeout({ queueLimit }: Run, { deployment, waiterId, picture }: GivenUp): Problem {
  const { queue } = deployment.state;
  const position = placeOf(queue, waiterId)?.position;
  const { eta: estimate, reason } = picture;
  const detail = `it waited ${queueLimit?.waited ?? ''} for its turn, as long as it may: ${reason}`;
  return new Problem('queue_timeout', detail, {
    facts: {
      reason: 'queue_timeout' satisfies Refusal,
      ...(position !== undefined && { position }),
      ...(estimate && { estimate }),
    },
    retryAfterSeconds: comeBackAfter(estimate?.seconds, deployment.record.answerMs),
  });
}
