import type { Cause, LifecycleState, Loaded, Moment, StateOf, Wish } from './state.ts';

/** Everything that can happen to a deployment, with what is known of it. */
export interface EventFields {
  /** Its engine does not answer. */
  'engine-away': { readonly cause: Cause };
  /** The engine answers and has no such model. `askedAt` is when it was asked: what changed later is not in the answer. */
  'seen-absent': { readonly askedAt: Moment; readonly engine: string };
  /** It is on the engine's disk, and this engine cannot tell what is in memory. */
  'seen-listed': { readonly askedAt: Moment };
  /** It is on the engine's disk and not in memory. */
  'seen-cold': { readonly askedAt: Moment; readonly engine: string };
  'seen-resident': {
    readonly askedAt: Moment;
    readonly engine: string;
    readonly memoryBytes?: number | undefined;
    readonly gpuBytes?: number | undefined;
    readonly contextLength?: number | undefined;
  };
  /** The file is there and cannot be used. */
  'defect-found': { readonly detail: string };
  /** Somebody needs it ready. `insists`: a person said so, whatever failed a moment ago. */
  want: { readonly wish: Wish; readonly insists?: boolean };
  'load-admitted': { readonly loadId: number };
  /** It is not let in yet, and why, in words that follow the model's name. */
  'load-waits': { readonly loadId: number; readonly reason: string };
  /** It is not let in at all: there is not the memory. */
  'load-refused': { readonly loadId: number; readonly cause: Cause };
  'load-progress': { readonly loadId: number; readonly fraction?: number | undefined };
  'load-end': { readonly loadId: number; readonly loaded: Omit<Loaded, 'loadId'> };
  /** The load or its warm-up failed or was cancelled, and nothing of it is left. For `keepMs` those who come get the cause. */
  'load-failed': { readonly loadId: number; readonly cause: Cause; readonly keepMs: number };
  /** The first token came. */
  'warm-end': { readonly loadId: number };
  'grant-start': { readonly grantId: string };
  'grant-end': { readonly grantId: string };
  'unload-asked': { readonly reason: string };
  /** Another model needs the memory. `drains`: it has waited its time, so answers in this one run to their end and no new one begins. */
  'make-room': { readonly reason: string; readonly by: string; readonly drains: boolean };
  /** Not used for the keep-alive time, since the moment it became ready. */
  'idle-end': { readonly loadId: number; readonly readySinceMs: number; readonly reason: string };
  'unload-end': { readonly unloadId: number };
  'unload-failed': { readonly unloadId: number; readonly cause: Cause };
  /** It left memory unasked. `loadId`, where known, says which load's weights. */
  'model-lost': { readonly cause: Cause; readonly loadId?: number | undefined };
  /** A probe got nothing out of it. */
  'wedge-found': { readonly loadId: number; readonly reason: string };
  'download-start': { readonly reason: string };
  'download-progress': { readonly fraction?: number | undefined };
  'download-end': object;
  'download-failed': { readonly cause: Cause };
}

export type EventType = keyof EventFields;
export type EventOf<E extends EventType> = { readonly type: E; readonly now: Moment } & EventFields[E];
export type LifecycleEvent = { [E in EventType]: EventOf<E> }[EventType];

/** What the writer of the deployment has to do after a transition, in this order. */
export type LifecycleEffect =
  /** Ask for admission; the answer is `load-admitted`. */
  | { readonly type: 'request-load'; readonly loadId: number; readonly wish: Wish }
  /** Load and then warm; ends with `warm-end` or `load-failed`, always. */
  | { readonly type: 'start-load'; readonly loadId: number; readonly wish: Wish }
  /** Withdraw the request, or stop the job, which then ends with `load-failed`. */
  | { readonly type: 'withdraw-load' | 'cancel-load'; readonly loadId: number }
  /** Ends with `unload-end` or `unload-failed`, always. */
  | { readonly type: 'start-unload'; readonly unloadId: number; readonly model: string | undefined }
  /** Everybody who waits gets this. */
  | { readonly type: 'refuse'; readonly cause: Cause }
  /** Idle from now on: send `idle-end` when the keep-alive time is over. */
  | { readonly type: 'watch-idle'; readonly loadId: number };

export interface Step {
  readonly state: LifecycleState;
  readonly effects: readonly LifecycleEffect[];
}

/** One row of the table: what each event does in one phase. */
export type Row<P extends LifecycleState['phase']> = {
  readonly [E in EventType]: (state: StateOf<P>, event: EventOf<E>) => Step;
};
