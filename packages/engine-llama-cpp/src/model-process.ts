import { EngineError } from '@pilotlight/contract';
import type { ChildProcess, Clock, LoadProgress, Processes } from '@pilotlight/contract';

import { toLoss } from './exit-reason.ts';
import type { Loss } from './exit-reason.ts';
import { toChildMessages } from './protocol.ts';
import type { ChildMessage, OpenSettings, ParentMessage } from './protocol.ts';

export type Opened = Extract<ChildMessage, { type: 'opened' }>;
/** What a request gets from the child, or that the child is gone. */
export type RequestEvent = Extract<ChildMessage, { readonly id: number }> | { readonly type: 'lost'; readonly loss: Loss };
type RequestMessage = Exclude<Extract<ParentMessage, { readonly id: number }>, { readonly type: 'cancel' }>;
type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

export interface ModelProcessOptions {
  readonly processes: Processes;
  readonly clock: Clock;
  readonly module: string;
  /** Whether the system has killed a process for memory since this one began. */
  readonly wasKilledForMemory: () => Promise<boolean>;
}

/** One request to the child. Disposing tells the child that nobody waits any more. */
export type Request = Disposable;

/** The parent's side of one model's process. */
export interface ModelProcess {
  readonly pid: number;
  /** Opens the model. Rejects with `EngineError`, or the signal's reason after the process is gone. */
  open(settings: OpenSettings, signal: AbortSignal, onProgress: (progress: LoadProgress) => void): Promise<Opened>;
  /** Sends a request; `listener` gets all that comes for it, and `lost` if the process ends before it was answered. */
  request(message: WithoutId<RequestMessage>, listener: (event: RequestEvent) => void): Request;
  /** Ends the process, by force after a grace period. What runs gets `lost`. */
  end(): Promise<void>;
  /** Resolves when the process is gone, with the reason; `asked` if `end` was called before. */
  readonly lost: Promise<Loss & { readonly asked: boolean }>;
}

/** What the child is started with: one libuv thread, so that all computing happens on one thread and its helpers, which doubles the speed; and a bound on its own heap. */
const CHILD_ENVIRONMENT = { UV_THREADPOOL_SIZE: '1', NODE_OPTIONS: '--max-old-space-size=1024 --disable-warning=ExperimentalWarning' };
/** Until a prompt is rendered and made into tokens. Only a chat template that does not end takes longer. */
const ACCEPT_LIMIT_MS = 30_000;
const END_GRACE_MS = 1_500;

/** Starts the process for one model. */
export function createModelProcess({ processes, clock, module, wasKilledForMemory }: ModelProcessOptions): ModelProcess {
  const child = processes.fork({ module, env: CHILD_ENVIRONMENT });
  const listeners = new Map<number, (event: RequestEvent) => void>();
  const opening = new Set<(message: ChildMessage) => void>();
  let lastId = 0;
  let isAsked = false;
  let isHung = false;

  child.onMessage((value) => {
    for (const message of toChildMessages(value)) {
      if ('id' in message) listeners.get(message.id)?.(message);
      else for (const listener of opening) listener(message);
    }
  });

  const lost = (async () => {
    const exit = await child.exited;
    const loss = isHung
      ? { failure: 'failed' as const, reason: "The model's chat template did not come to an end; its process was stopped." }
      : toLoss(exit, exit.signal === 'SIGKILL' && !isAsked && (await wasKilledForMemory()));
    const told = isAsked && !isHung ? { failure: 'died' as const, reason: 'The model was unloaded.' } : loss;
    for (const listener of [...listeners.values()]) listener({ type: 'lost', loss: told });
    listeners.clear();
    return { ...told, asked: isAsked };
  })();

  function end(): Promise<void> {
    isAsked = true;
    return child.end(END_GRACE_MS);
  }

  function request(message: WithoutId<RequestMessage>, listener: (event: RequestEvent) => void): Request {
    lastId += 1;
    const id = lastId;
    const limit = clock.after(ACCEPT_LIMIT_MS, () => {
      isHung = true;
      void child.end(0);
    });
    const close = (): void => {
      limit[Symbol.dispose]();
      listeners.delete(id);
    };
    listeners.set(id, (event) => {
      limit[Symbol.dispose]();
      if (isLast(event)) close();
      listener(event);
    });
    if (!child.send({ ...message, id } satisfies ParentMessage)) void notifyLost(id);
    return {
      [Symbol.dispose]() {
        // The listener stays until the child has answered, so that the limit on its answering holds for a request that was given up, too.
        if (listeners.has(id)) child.send({ type: 'cancel', id } satisfies ParentMessage);
      },
    };
  }

  /** The channel was closed already: the end of the process may have been told to everybody before this request came. */
  async function notifyLost(id: number): Promise<void> {
    const { failure, reason } = await lost;
    listeners.get(id)?.({ type: 'lost', loss: { failure, reason } });
    listeners.delete(id);
  }

  return {
    pid: child.pid,
    open: (settings, signal, onProgress) => open({ child, opening, lost, end }, { settings, signal, onProgress }),
    request,
    end,
    lost,
  };
}

interface Opening {
  readonly child: ChildProcess;
  readonly opening: Set<(message: ChildMessage) => void>;
  readonly lost: Promise<Loss>;
  readonly end: () => Promise<void>;
}

interface OpenRequest {
  readonly settings: OpenSettings;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LoadProgress) => void;
}

async function open({ child, opening, lost, end }: Opening, { settings, signal, onProgress }: OpenRequest): Promise<Opened> {
  const { promise, resolve, reject } = Promise.withResolvers<Opened>();
  const listener = (message: ChildMessage): void => {
    if (signal.aborted) return;
    if (message.type === 'progress') onProgress(message.fraction === undefined ? {} : { fraction: message.fraction });
    else if (message.type === 'opened') resolve(message);
    else if (message.type === 'not-opened') reject(new EngineError(message.failure, message.reason));
  };
  const abort = (): void => reject(signal.reason);
  opening.add(listener);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  void lost.then(({ failure, reason }) => reject(new EngineError(failure, reason)));
  try {
    child.send({ type: 'open', settings } satisfies ParentMessage);
    return await promise;
  } catch (error) {
    await end();
    throw error;
  } finally {
    opening.delete(listener);
    signal.removeEventListener('abort', abort);
  }
}

function isLast({ type }: RequestEvent): boolean {
  return type === 'finish' || type === 'vectors' || type === 'counted' || type === 'refused' || type === 'cancelled' || type === 'lost';
}
