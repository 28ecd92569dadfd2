/**
 * The five seams: clock, randomness, network, disk, processes. All code outside `adapters/` reaches the world through these, so that a test can
 * hold time still, replay chance and fail any call. The real ones live in `adapters/` folders and are handed in by the wiring.
 */

/** Time. Durations come from `monotonic`, which never jumps; dates shown to people come from `now`. */
export interface Clock {
  /** Wall-clock time in milliseconds since 1970-01-01 UTC. */
  now(): number;
  /** Milliseconds since an arbitrary start; never goes back. */
  monotonic(): number;
  /** Calls `callback` once after `delayMs`, unless the handle is disposed first. A pending timer does not keep the process alive. */
  after(delayMs: number, callback: () => void): Disposable;
}

/** Chance. Seeded in tests, so that a failure can be replayed. */
export interface Randomness {
  /** A number in [0, 1). */
  next(): number;
  /** A fresh identifier, unique for all practical purposes: lower-case letters, digits and hyphens, at most 36 characters. */
  id(): string;
}

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'DELETE' | 'HEAD';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Aborting ends the exchange at any point and closes the connection, which is how the other side learns of it. */
  readonly signal?: AbortSignal;
  /** Limit for the connection to be made; there is no limit by default on the wait for headers or for the next piece of the body. */
  readonly connectTimeoutMs?: number;
}

export interface HttpResponse {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * The body as it arrives. Ends after a clean end of the body; throws `NetworkError` where the connection broke before it.
   * Leaving the loop early closes the connection.
   */
  readonly body: AsyncIterable<Uint8Array>;
}

/** HTTP towards engines. Follows no redirect, uses no proxy. */
export interface Network {
  /** Resolves with the head of the answer. Rejects with `NetworkError` if none came, or with the signal's reason if aborted. */
  request(request: HttpRequest): Promise<HttpResponse>;
}

export type NetworkFailure = 'refused' | 'unreachable' | 'timeout' | 'cut' | 'invalid';

/** The connection could not be made (`refused`, `unreachable`, `timeout`) or broke (`cut`), or what came was no HTTP (`invalid`). */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  readonly failure: NetworkFailure;
  constructor(failure: NetworkFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

export interface FileFacts {
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
}

/** Reading files. Paths are absolute. */
export interface Disk {
  /** The files in a folder, not in its subfolders, in no order; links are followed. Empty if the folder does not exist. */
  list(folder: string): Promise<readonly FileFacts[]>;
  /** Facts of one file, or undefined if there is none. */
  stat(path: string): Promise<FileFacts | undefined>;
  /** Up to `length` bytes from `offset`; fewer only at the end of the file. */
  read(path: string, offset: number, length: number): Promise<Uint8Array>;
}

export interface ForkOptions {
  /** Absolute path or file URL of the module to run with this Node. */
  readonly module: string;
  readonly args?: readonly string[];
  /** Added to a minimal environment; nothing else is inherited but PATH, HOME, TMPDIR and the like. */
  readonly env?: Readonly<Record<string, string>>;
  /** How many last lines of stderr to keep for the exit report. */
  readonly keptErrorLines?: number;
}

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** The last lines of stderr, oldest first. */
  readonly errorLines: readonly string[];
}

/** A child process with a message channel. */
export interface ChildProcess {
  readonly pid: number;
  /** Sends a structured-clonable message; returns false if the channel is closed. */
  send(message: unknown): boolean;
  onMessage(listener: (message: unknown) => void): Disposable;
  /** Resolves once, after the process has ended and its output was read; never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Asks it to end (SIGTERM), and kills it and its descendants after `graceMs` if it has not. Resolves when it is gone. */
  end(graceMs: number): Promise<void>;
}

export interface Processes {
  fork(options: ForkOptions): ChildProcess;
}

/** The memory of one graphics card. */
export interface GpuMemory {
  readonly name: string;
  readonly totalBytes: number;
  readonly freeBytes: number;
  /** It is the machine's own memory, which is counted already. */
  readonly isUnified: boolean;
}

/** What could be read of the graphics cards of the machine. */
export interface GpuReading {
  readonly gpus: readonly GpuMemory[];
  /** In words, why the memory of a card is not known; absent where there is none, or all of it is known. */
  readonly unknown?: string;
}

/** What the machine has, cgroup limits included. */
export interface Machine {
  /** Memory in bytes: the least of what host and cgroup allow, and what of it is free now. */
  memory(): Promise<{ readonly totalBytes: number; readonly freeBytes: number }>;
  /**
   * The memory of its graphics cards. May start a program and takes up to a few seconds: to be asked now and then, and never by a request. Never rejects.
   * Absent: nobody looks.
   */
  gpus?(): Promise<GpuReading>;
  /** Cores that this process may use: quota of the cgroup and affinity, at least 1. */
  readonly cores: number;
}
