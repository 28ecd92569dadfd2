import type { ModelView, Receipt, ServerSentEvent } from '@pilotlight/contract';

import type { FlagValues } from '../command.ts';
import type { DataFolder } from '../data-folder.ts';
import { run } from '../run.ts';
import { ServerFailure } from '../server-client.ts';
import type { EventsRequest, ServerClient } from '../server-client.ts';
import type { Terminal } from '../terminal.ts';

export const SINCE = '2026-01-01T00:00:00.000Z';
export const MODEL: ModelView = {
  name: 'pilot:latest',
  engine: 'llama.cpp',
  provider: 'llama.cpp',
  health: true,
  phase: 'cold',
  ready: false,
  reason: 'On the disk, not in memory.',
  since: SINCE,
  active: 0,
  queued: 0,
  default: true,
  size_bytes: 7_531_776,
  capabilities: ['completion'],
  metrics: { answers: 0, failures: 0, loads: 0 },
};
const RECEIPT: Receipt = {
  model: 'pilot:latest',
  engine: 'llama.cpp',
  task: 'chat',
  started_at: SINCE,
  queue_ms: 0,
  load_ms: 0,
  total_ms: 5,
  attempts: [],
  seams: [],
};
export const START = { type: 'start', conversation_id: 'c1', generation_id: 'g1', message_id: 'm1', model: 'pilot:latest' };
export const FINISH = { type: 'finish', reason: 'stop', receipt: RECEIPT };

export const NO_DATA: DataFolder = {
  backUp: () => Promise.reject(new Error('no backup was expected')),
  restore: () => Promise.reject(new Error('no restoring was expected')),
};

export interface Script {
  readonly data?: DataFolder;
  readonly files?: Readonly<Record<string, string>>;
  readonly answers?: Readonly<Record<string, unknown>>;
  readonly events?: (request: EventsRequest, interrupt: () => void) => Iterable<object>;
  readonly typed?: readonly string[];
  readonly piped?: string;
}

/** Runs a command line against scripted answers; interrupts come where the script of events calls `interrupt`. */
export async function runWith(line: readonly string[], script: Script = {}) {
  const seen = { out: '', notes: '', calls: [] as string[], bodies: [] as unknown[], served: undefined as unknown };
  const interrupts = new Set<() => void>();
  const interrupt = (): void => [...interrupts].forEach((listener) => listener());
  const typed = [...(script.typed ?? [])];
  const terminal: Terminal = {
    write: (text) => void (seen.out += text),
    note: (text) => void (seen.notes += text),
    isInteractive: true,
    canAsk: script.typed !== undefined,
    ask: () => Promise.resolve(typed.shift()),
    readAll: () => Promise.resolve(script.piped ?? ''),
    onInterrupt: (listener) => {
      interrupts.add(listener);
      return { [Symbol.dispose]: () => void interrupts.delete(listener) };
    },
  };
  async function* events(request: EventsRequest): AsyncGenerator<ServerSentEvent> {
    seen.calls.push(`${request.method} ${request.path}`);
    seen.bodies.push(request.body);
    for (const part of script.events?.(request, interrupt) ?? []) {
      await Promise.resolve();
      yield { id: '', event: 'part', data: JSON.stringify(part) };
    }
  }
  const server: ServerClient = {
    url: 'http://127.0.0.1:8000',
    request: (method, path, body) => {
      seen.calls.push(`${method} ${path}`);
      if (body !== undefined) seen.bodies.push(body);
      const answer = script.answers?.[path];
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    text: async (path) => {
      seen.calls.push(`GET ${path}`);
      const answer = script.answers?.[path];
      if (answer instanceof Error) throw answer;
      return typeof answer === 'string' ? answer : JSON.stringify(answer);
    },
    upload: async (path, bytes) => {
      seen.calls.push(`POST ${path}`);
      seen.bodies.push(Buffer.from(bytes).toString());
      const answer = script.answers?.[path];
      if (answer instanceof Error) throw answer;
      return answer;
    },
    events,
  };
  const serve = (flags: FlagValues): Promise<number> => {
    seen.served = flags;
    return Promise.resolve(0);
  };
  const code = await run(line, {
    terminal,
    version: '0.1.0',
    connect: () => server,
    data: script.data ?? NO_DATA,
    readFile: (name) => Promise.resolve(script.files?.[name] ?? ''),
    readBytes: async (name) => {
      const text = script.files?.[name];
      if (text === undefined) throw new ServerFailure(`${name} is not there`, { code: 'file_unreadable', remedy: 'Name another file.' });
      return Buffer.from(text);
    },
    serve,
  });
  return { ...seen, code };
}
