import type { ModelView, Receipt, ServerSentEvent } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import type { FlagValues } from './command.ts';
import { COMMANDS } from './commands.ts';
import type { DataFolder } from './data-folder.ts';
import { run } from './run.ts';
import { ServerFailure } from './server-client.ts';
import type { EventsRequest, ServerClient } from './server-client.ts';
import type { Terminal } from './terminal.ts';

const SINCE = '2026-01-01T00:00:00.000Z';
const MODEL: ModelView = {
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
const START = { type: 'start', conversation_id: 'c1', generation_id: 'g1', message_id: 'm1', model: 'pilot:latest' };
const FINISH = { type: 'finish', reason: 'stop', receipt: RECEIPT };

const NO_DATA: DataFolder = {
  backUp: () => Promise.reject(new Error('no backup was expected')),
  restore: () => Promise.reject(new Error('no restoring was expected')),
};

interface Script {
  readonly data?: DataFolder;
  readonly answers?: Readonly<Record<string, unknown>>;
  readonly events?: (request: EventsRequest, interrupt: () => void) => Iterable<object>;
  readonly typed?: readonly string[];
  readonly piped?: string;
}

/** Runs a command line against scripted answers; interrupts come where the script of events calls `interrupt`. */
async function runWith(line: readonly string[], script: Script = {}) {
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
    request: (method, path) => {
      seen.calls.push(`${method} ${path}`);
      const answer = script.answers?.[path];
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
    events,
  };
  const serve = (flags: FlagValues): Promise<number> => {
    seen.served = flags;
    return Promise.resolve(0);
  };
  const code = await run(line, { terminal, version: '0.1.0', connect: () => server, data: script.data ?? NO_DATA, serve });
  return { ...seen, code };
}

describe('the command line', () => {
  it.each(COMMANDS.map((command) => command.name))('has help for %s, made from its table', async (name) => {
    const { out, code } = await runWith([name, '--help']);
    expect(code).toBe(0);
    expect(out).toContain(`Usage: pilotlight ${name}`);
    expect(out).toContain('--json');
  });

  it('lists all commands without one', async () => {
    const { out } = await runWith([]);
    for (const command of COMMANDS) expect(out).toContain(command.summary);
  });

  it.each([
    [['lod'], 'There is no command "lod"'],
    [['load'], '"MODEL" is missing'],
    [['load', 'a', 'b'], '"b" is one word too many'],
    [['models', '--jsn'], '--jsn'],
  ])('refuses %j and says what is wrong', async (line, words) => {
    const { notes, code } = await runWith(line);
    expect(code).toBe(2);
    expect(notes).toContain(words);
  });

  it('says that no server answers and how to start one', async () => {
    const away = new ServerFailure('No server answers at http://127.0.0.1:8000', {
      code: 'server_unreachable',
      remedy: 'Start it with "npx pilotlight serve".',
    });
    const { notes, code } = await runWith(['models'], { answers: { '/api/models': away } });
    expect(code).toBe(1);
    expect(notes).toContain('npx pilotlight serve');
    const json = await runWith(['models', '--json'], { answers: { '/api/models': away } });
    expect(JSON.parse(json.out)).toMatchObject({ error: { code: 'server_unreachable' } });
  });

  it('hands the flags of serve on as settings', async () => {
    const { served } = await runWith(['serve', '--port', '8100', '--no-ollama-stream']);
    expect(served).toEqual({ port: '8100', 'ollama-stream': false });
    expect((await runWith(['serve', '--help'])).out).toContain('PILOTLIGHT_PORT');
  });
});

describe('models', () => {
  const view = { models: [MODEL], engines: [], memory: { total_bytes: 1, free_bytes: 1, resident: [] }, default_model: 'pilot:latest' };

  it('shows phase and reason', async () => {
    const { out } = await runWith(['models'], { answers: { '/api/models': view } });
    expect(out).toContain('pilot:latest (default)');
    expect(out).toContain('7.5 MB');
    expect(out).toContain('On the disk, not in memory.');
  });

  it('prints JSON', async () => {
    const { out } = await runWith(['models', '--json'], { answers: { '/api/models': view } });
    expect(JSON.parse(out)).toMatchObject({ models: [{ name: 'pilot:latest', phase: 'cold' }] });
  });
});

describe('load', () => {
  const loading = { ...MODEL, phase: 'loading', progress: 0.41 };
  const ready = { ...MODEL, phase: 'ready', ready: true, reason: 'Gave a token 0 s ago.' };
  const answers = { '/api/models/pilot%3Alatest/load': loading };

  it('shows the way and ends when the model is ready', async () => {
    const { out, notes, code } = await runWith(['load', 'pilot:latest'], {
      answers,
      events: () => [
        { type: 'model', model: loading },
        { type: 'model', model: { ...ready, name: 'other:latest' } },
        { type: 'model', model: ready },
      ],
    });
    expect(code).toBe(0);
    expect(notes).toContain('loading, 41 %');
    expect(out).toBe('pilot:latest: ready. Gave a token 0 s ago.\n');
  });

  it('fails with the reason', async () => {
    const failed = { ...MODEL, phase: 'failed', reason: 'Stopped by the system for memory.' };
    const { out, code } = await runWith(['load', 'pilot:latest'], { answers, events: () => [{ type: 'model', model: failed }] });
    expect(code).toBe(1);
    expect(out).toContain('Stopped by the system for memory.');
  });

  it('does not wait for a model that was removed, nor for a stream that ended', async () => {
    const removed = await runWith(['load', 'pilot:latest'], {
      answers,
      events: () => [{ type: 'model_removed', name: 'pilot:latest', engine: 'llama.cpp' }],
    });
    expect([removed.code, removed.notes]).toEqual([1, expect.stringContaining('was removed')]);
    const ended = await runWith(['load', 'pilot:latest'], { answers, events: () => [] });
    expect(ended.code).toBe(1);
  });
});

describe('chat', () => {
  it('prints the answer alone on standard output, waiting in words on standard error', async () => {
    const phase = { type: 'phase', phase: 'loading', model: 'pilot:latest', reason: 'Reading the file.', since: SINCE, progress: 0.5 };
    const { out, notes, code, bodies } = await runWith(['chat', 'What is 2 + 2?', '-m', 'pilot'], {
      events: () => [START, phase, { type: 'text', text: '4' }, FINISH],
    });
    expect(code).toBe(0);
    expect(out).toBe('4\n');
    expect(notes).toContain('loading, 50 %');
    expect(bodies).toEqual([{ message: 'What is 2 + 2?', model: 'pilot' }]);
  });

  it('takes the message from standard input', async () => {
    const { bodies } = await runWith(['chat'], { piped: 'Hello\n', events: () => [START, FINISH] });
    expect(bodies).toEqual([{ message: 'Hello' }]);
    expect((await runWith(['chat'], { piped: ' ' })).code).toBe(2);
  });

  it('strips what would steer the terminal', async () => {
    const { out } = await runWith(['chat', 'x'], {
      events: () => [START, { type: 'text', text: 'a\u001B[31mb\u202Ec\u{E0041}\n' }, FINISH],
    });
    expect(out).toBe('a[31mbc\n\n');
  });

  it('fails in words when the answer fails, and when the stream ends without its end', async () => {
    const error = {
      type: 'error',
      code: 'engine_died',
      title: 'Ended',
      detail: 'Killed.',
      remedy: 'Again.',
      source: 'upstream',
      kept: true,
    };
    const failed = await runWith(['chat', 'x'], { events: () => [START, { type: 'text', text: 'Once' }, error] });
    expect([failed.code, failed.notes]).toEqual([1, expect.stringContaining('Killed.')]);
    const cut = await runWith(['chat', 'x'], { events: () => [START, { type: 'text', text: 'Once' }] });
    expect([cut.code, cut.notes]).toEqual([1, expect.stringContaining('connection broke')]);
  });

  it('stops the answer at the server on Ctrl-C and keeps what was written', async () => {
    const { out, calls, code } = await runWith(['chat', 'x'], {
      *events(_request, interrupt) {
        yield START;
        yield { type: 'text', text: 'Once' };
        interrupt();
        yield { ...FINISH, reason: 'stopped' };
      },
    });
    expect(calls).toContain('POST /api/generations/g1/stop');
    expect([out, code]).toEqual(['Once\n', 130]);
  });

  it('stops an answer that had not begun when Ctrl-C came', async () => {
    const { calls } = await runWith(['chat', 'x'], {
      *events(_request, interrupt) {
        interrupt();
        yield START;
        yield { ...FINISH, reason: 'stopped' };
      },
    });
    expect(calls.filter((call) => call.endsWith('/stop'))).toEqual(['POST /api/generations/g1/stop']);
  });

  it('keeps one conversation over several turns and goes on after a failure', async () => {
    const { bodies, code } = await runWith(['chat'], { typed: ['My name is Ada', '', 'What is my name?'], events: () => [START, FINISH] });
    expect(bodies).toEqual([{ message: 'My name is Ada' }, { message: 'What is my name?', conversation_id: 'c1' }]);
    expect(code).toBe(0);
  });

  it('prints each part as a line of JSON', async () => {
    const { out } = await runWith(['chat', 'x', '--json'], { events: () => [START, { type: 'text', text: '4' }, FINISH] });
    expect(
      out
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { type: string }).type),
    ).toEqual(['start', 'text', 'finish']);
  });
});

describe('backup and restore', () => {
  const facts = { file: '/backups/all.db', conversations: 2, messages: 8, sizeBytes: 73_728 };

  it('say what was written, and what was kept', async () => {
    const data: DataFolder = {
      backUp: () => Promise.resolve(facts),
      restore: () => Promise.resolve({ ...facts, replaced: '/data/pilotlight.db.replaced-x' }),
    };
    expect((await runWith(['backup', 'all.db'], { data })).out).toBe('/backups/all.db: 2 conversations, 8 messages, 0.1 MB. Checked.\n');
    const restored = await runWith(['restore', 'all.db'], { data });
    expect(restored.out).toContain('Restored 2 conversations');
    expect(restored.notes).toContain('/data/pilotlight.db.replaced-x');
    const json = await runWith(['restore', 'all.db', '--json'], { data });
    expect(JSON.parse(json.out)).toEqual({
      file: '/backups/all.db',
      conversations: 2,
      messages: 8,
      replaced: '/data/pilotlight.db.replaced-x',
    });
  });

  it('fail in words', async () => {
    const inUse = new ServerFailure('Another Pilotlight (pid 7) uses this data folder.', {
      code: 'data_folder_in_use',
      remedy: 'Stop it.',
    });
    const { code, notes } = await runWith(['restore', 'all.db'], { data: { ...NO_DATA, restore: () => Promise.reject(inUse) } });
    expect([code, notes]).toEqual([1, 'Another Pilotlight (pid 7) uses this data folder.\nStop it.\n']);
  });
});
