import type { LaunchProfile, Phase, ProblemCode, ProblemSource } from '@pilotlight/contract';

/** An instant on both clocks: `wallMs` is shown to people, `monotonicMs` decides. */
export interface Moment {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** Why something failed: a code of the problem table and what happened, in words. */
export interface Cause {
  readonly code: ProblemCode;
  readonly detail: string;
  /** Whose doing; absent: ours. */
  readonly source?: ProblemSource;
  readonly retryAfterSeconds?: number;
  /** More for the problem document: numbers, and what would help. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** What was seen of a deployment, and when. */
export interface Seen {
  readonly text: string;
  readonly at: Moment;
}

/** What every phase carries. */
interface Base {
  readonly since: Moment;
  /** Why it is in this phase: a clause for people. */
  readonly reason: string;
  /** For whom, in words that may hold a person's: shown beside the reason, and never logged. */
  readonly by?: string | undefined;
  readonly evidence?: Seen | undefined;
  /** Numbers the jobs (loads and unloads) of this deployment, so that news of a dead one is known as such. */
  readonly lastJob: number;
}

/** A load that is wanted: under which name, and for what, in words. */
export interface Wish {
  readonly model: string;
  readonly by: string;
  /** A person said so, whatever failed before. */
  readonly insists?: true;
}

/** The weights as they lie in memory. */
export interface Loaded {
  /** The job that loaded them. */
  readonly loadId: number;
  /** The name under which they were loaded. */
  readonly model: string;
  /** What they were loaded with; absent: nothing was said. */
  readonly profile?: LaunchProfile;
  readonly slots: number;
  readonly contextLength?: number | undefined;
  readonly memoryBytes?: number | undefined;
  /** Of `memoryBytes`: what lies in graphics memory; undefined where the engine cannot tell. */
  readonly gpuBytes?: number | undefined;
  /** What another client of the engine did with them. */
  readonly notice?: Seen | undefined;
}

/** What its engine says of weights in memory. */
export interface Resident {
  readonly memoryBytes?: number | undefined;
  readonly gpuBytes?: number | undefined;
  readonly contextLength?: number | undefined;
}

export interface Unknown extends Base {
  readonly phase: 'unknown';
  /** Set while the engine does not answer. */
  readonly away?: Cause | undefined;
  /** The engine says that it is in memory; nobody here has had a token out of it. */
  readonly resident?: Resident | undefined;
  /** It came into memory under our eyes, and not by us. */
  readonly isForeign?: boolean | undefined;
}
export interface Absent extends Base {
  readonly phase: 'absent';
}
export interface Downloading extends Base {
  readonly phase: 'downloading';
  readonly progress?: number | undefined;
}
export interface Cold extends Base {
  readonly phase: 'cold';
}
/** A load is wanted and waits to be let in. */
export interface Queued extends Base {
  readonly phase: 'queued';
  readonly loadId: number;
  readonly wish: Wish;
  /** What keeps it from being let in, in words that follow the model's name. */
  readonly waitsFor?: string;
}
export interface Loading extends Base {
  readonly phase: 'loading';
  readonly loadId: number;
  readonly wish: Wish;
  readonly progress?: number | undefined;
}
/** The weights are in memory; one token is being tried. */
export interface Warming extends Base {
  readonly phase: 'warming';
  readonly loaded: Loaded;
}
export interface Ready extends Base {
  readonly phase: 'ready';
  readonly loaded: Loaded;
}
export interface Busy extends Base {
  readonly phase: 'busy';
  readonly loaded: Loaded;
  /** The grants in use, never empty. */
  readonly active: ReadonlySet<string>;
  /** A check says that the engine does not answer. The answers will show whether that is so; if they end with it, they did. */
  readonly away?: Cause | undefined;
}
/** Answers run to their end, no new one begins, then it leaves memory. */
export interface Draining extends Base {
  readonly phase: 'draining';
  readonly loaded: Loaded;
  readonly active: ReadonlySet<string>;
  /** Somebody wants it back as soon as it is gone. */
  readonly again?: Wish | undefined;
}
export interface Unloading extends Base {
  readonly phase: 'unloading';
  /** The unload, or the load that was told to stop. */
  readonly jobId: number;
  readonly again?: Wish | undefined;
  /** What an unload is to free; absent for a load that was told to stop. */
  readonly resident?: Resident | undefined;
  /** How to say why it is not in memory, once it is out. */
  readonly afterwards: string;
}
export interface Failed extends Base {
  readonly phase: 'failed';
  readonly cause: Cause;
  /** `defect`: the file cannot be used, no load is tried until it is another. */
  readonly kind: 'defect' | 'load' | 'died' | 'unload';
  /** Until then those who come get the cause; later ones cause a load. */
  readonly retryAtMs: number;
}
/** In memory, idle, and a probe gets nothing out of it. */
export interface Wedged extends Base {
  readonly phase: 'wedged';
  readonly loaded: Loaded;
}

export type LifecycleState =
  | Unknown
  | Absent
  | Downloading
  | Cold
  | Queued
  | Loading
  | Warming
  | Ready
  | Busy
  | Draining
  | Unloading
  | Failed
  | Wedged;

export type StateOf<P extends Phase> = Extract<LifecycleState, { phase: P }>;

/** Where every deployment begins. */
export function initialState(now: Moment): Unknown {
  return { phase: 'unknown', since: now, reason: 'not looked at yet', lastJob: 0 };
}

/** Whether a request is answered without a load. */
export function isServing(state: LifecycleState): state is Ready | Busy {
  return state.phase === 'ready' || state.phase === 'busy';
}

/** The weights in memory, as far as we put them there. */
export function loadedOf(state: LifecycleState): Loaded | undefined {
  return 'loaded' in state ? state.loaded : undefined;
}

/** What is in memory, whoever put it there. */
export function residentOf(state: LifecycleState): Resident | undefined {
  if ('resident' in state) return state.resident;
  const loaded = loadedOf(state);
  return loaded && { memoryBytes: loaded.memoryBytes, gpuBytes: loaded.gpuBytes, contextLength: loaded.contextLength };
}

const NOBODY: ReadonlySet<string> = new Set();

/** The grants in use. */
export function activeOf(state: LifecycleState): ReadonlySet<string> {
  return 'active' in state ? state.active : NOBODY;
}
