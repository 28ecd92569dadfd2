import type { BreakerView, Phase } from '@pilotlight/contract';

/** Everything the gateway says to the log, with its fields. Never a prompt, never an answer. */
export interface LogFields {
  /** A deployment went from one phase to another. */
  'phase-change': { readonly model: string; readonly engine: string; readonly from: Phase; readonly to: Phase; readonly reason: string };
  /** A load came to its end, well or not. */
  'load-end': {
    readonly model: string;
    readonly engine: string;
    readonly outcome: 'loaded' | 'failed' | 'cancelled';
    readonly duration_ms: number;
    readonly code?: string;
    readonly detail?: string;
    readonly cause?: unknown;
  };
  /** One try of one deployment came to its end. */
  attempt: {
    readonly request_id: string;
    readonly model: string;
    readonly engine: string;
    readonly outcome: 'finished' | 'failed' | 'stopped' | 'moved';
    readonly queue_ms: number;
    readonly load_ms: number;
    readonly first_token_ms?: number;
    readonly duration_ms: number;
    readonly completion_tokens?: number;
    readonly code?: string;
    readonly detail?: string;
    readonly cause?: unknown;
  };
  /** A failed try is made again after a pause. */
  retry: {
    readonly request_id: string;
    readonly model: string;
    readonly attempt: number;
    readonly delay_ms: number;
    readonly code: string;
  };
  /** Another model than the first of the route answers. */
  fallback: { readonly request_id: string; readonly model: string; readonly engine: string; readonly reason: string };
  /** An answer that broke off went on. */
  seam: { readonly request_id: string; readonly model: string; readonly engine: string; readonly from: string; readonly reason: string };
  /** It was tried whether a model goes on from the beginning of an answer. */
  continuation: { readonly model: string; readonly engine: string; readonly verdict: 'yes' | 'no' | 'unclear' };
  /** Requests are kept from a deployment, let through again, or one of them is to show how it stands. */
  breaker: {
    readonly model: string;
    readonly engine: string;
    readonly from: BreakerView['state'];
    readonly to: BreakerView['state'];
    readonly reason: string;
  };
  /** A model in memory of which nothing came had one token tried. */
  'wedge-probe': {
    readonly model: string;
    readonly engine: string;
    readonly outcome: 'answered' | 'silent' | 'unclear';
    readonly reason: string;
  };
  /** Another client of the engine did something with a model of ours. */
  'foreign-change': { readonly model: string; readonly engine: string; readonly reason: string };
  /** An engine came or went. */
  engine: { readonly engine: string; readonly address: string; readonly reachable: boolean; readonly reason: string };
  /** A fault inside the gateway, or an engine that broke its contract. */
  fault: { readonly engine?: string; readonly model?: string; readonly doing: string; readonly cause: unknown };
}

export type LogEvent = {
  [Name in keyof LogFields]: { readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly name: Name } & LogFields[Name];
}[keyof LogFields];

/** Must not throw. */
export type Log = (event: LogEvent) => void;
