import { toTimestamp } from '@pilotlight/contract';
import type { Clock, Receipt, StreamPart } from '@pilotlight/contract';

export interface TallyOptions {
  readonly clock: Clock;
  readonly task: string;
  readonly requestedModel: string | undefined;
  /** The engine of a model, as far as it is known. */
  engineOf(model: string): string | undefined;
}

/** Keeps account of an answer from the outside, for the receipt of one that ends without the gateway's own: stopped, or interrupted. */
export interface ReceiptTally {
  observe(part: StreamPart): void;
  /** The model that was last heard of. */
  readonly model: string | undefined;
  /** The receipt of an answer that is given up now. */
  stopped(): Receipt;
}

const LOAD_PHASES: ReadonlySet<string> = new Set(['loading', 'warming', 'downloading']);

/** A tally that starts now. */
export function createReceiptTally(options: TallyOptions): ReceiptTally {
  const { clock } = options;
  const startedAt = toTimestamp(clock.now());
  const startMs = clock.monotonic();
  const seams: { from: string; to: string; reason: string }[] = [];
  let phase: string | undefined;
  let phaseStartMs = startMs;
  let queueMs = 0;
  let loadMs = 0;
  let firstTokenMs: number | undefined;
  let model: string | undefined;

  function endPhase(next: string | undefined): void {
    const nowMs = clock.monotonic();
    if (phase === 'queued') queueMs += nowMs - phaseStartMs;
    if (phase !== undefined && LOAD_PHASES.has(phase)) loadMs += nowMs - phaseStartMs;
    phase = next;
    phaseStartMs = nowMs;
  }

  return {
    observe(part) {
      if (part.type === 'phase') {
        model = part.model;
        endPhase(part.phase);
      } else if (part.type === 'seam') {
        seams.push({ from: part.from, to: part.to, reason: part.reason });
      } else if (firstTokenMs === undefined && (part.type === 'text' || part.type === 'reasoning' || part.type === 'tool_call')) {
        endPhase(undefined);
        firstTokenMs = clock.monotonic() - startMs;
      }
    },
    get model() {
      return model;
    },
    stopped() {
      endPhase(phase);
      const totalMs = toTenths(clock.monotonic() - startMs);
      const name = model ?? options.requestedModel ?? '';
      const engine = options.engineOf(name) ?? 'unknown';
      return {
        model: name,
        engine,
        ...(options.requestedModel !== undefined && { requested_model: options.requestedModel }),
        task: options.task,
        started_at: startedAt,
        queue_ms: toTenths(queueMs),
        load_ms: toTenths(loadMs),
        ...(firstTokenMs !== undefined && { first_token_ms: toTenths(firstTokenMs) }),
        total_ms: totalMs,
        attempts: [{ model: name, engine, outcome: 'stopped', duration_ms: totalMs }],
        seams,
      };
    },
  };
}

/** A clock gives more digits than it knows. */
function toTenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}
