import { describe, expect, it } from 'vitest';

import { parseLine } from './arguments.ts';
import { COMMANDS } from './commands.ts';
import { ServerFailure } from './server-client.ts';
import { FINISH, MODEL, runWith, SINCE, START } from './testing/run-with.ts';

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
    expect(out).toContain('is sent nowhere else');
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

  it('says to a program in JSON what is wrong with the line', async () => {
    const { out, notes, code } = await runWith(['load', '--json']);
    expect([code, notes]).toEqual([2, '']);
    const remedy = 'pilotlight load --help says more.';
    expect(JSON.parse(out)).toEqual({
      error: { code: 'wrong_usage', detail: expect.stringContaining('"MODEL" is missing') as string, remedy },
    });
  });

  it.each([
    [
      ['--json', 'models'],
      ['models', '--json'],
    ],
    [
      ['--url', 'http://127.0.0.1:9', '--json', 'models'],
      ['models', '--url', 'http://127.0.0.1:9', '--json'],
    ],
    [
      ['--url=http://127.0.0.1:9', 'models'],
      ['models', '--url=http://127.0.0.1:9'],
    ],
  ])('takes %j as %j', (before, after) => {
    const parsed = parseLine(before, COMMANDS);
    expect(parsed).toMatchObject({ kind: 'run', command: { name: 'models' } });
    expect(parsed).toEqual(parseLine(after, COMMANDS));
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

describe('plan', () => {
  const plan = {
    model: 'big:latest',
    engine: 'ollama',
    verdict: 'after_unloading',
    reason: 'needs 19 GB; 11 GB free; fits without pilot:latest',
    needs: { bytes: 19e9, basis: 'measured at an earlier load' },
    free: { bytes: 11e9, basis: 'what this machine has free of 24 GB' },
    unload: [{ model: 'pilot:latest', bytes: 9e9, in_use: true }],
    pinned: [],
  };

  it('says what would be unloaded, and what each figure rests on', async () => {
    const { out, code } = await runWith(['plan', 'big'], { answers: { '/api/models/plan': plan } });
    expect(code).toBe(0);
    expect(out).toBe(
      [
        'big:latest: fits after unloading: needs 19 GB; 11 GB free; fits without pilot:latest',
        '  unloads pilot:latest, when its answers are written',
        '  needs 19.0 GB: measured at an earlier load',
        '  free 11.0 GB: what this machine has free of 24 GB',
        '',
      ].join('\n'),
    );
  });

  it('says what goes into graphics memory, what is free there, and why it is not known', async () => {
    const placed = {
      ...plan,
      needs: { bytes: 15e9, basis: 'measured at an earlier load', gpu_bytes: 10e9 },
      free_gpu: { bytes: 10e9, basis: 'NVIDIA L4 (24 GB), of which other programs hold 14 GB' },
      gpus_unknown: 'AMD graphics (card1) does not tell its memory',
    };
    const { out } = await runWith(['plan', 'big'], { answers: { '/api/models/plan': placed } });
    expect(out).toContain('  of it in graphics memory 10.0 GB\n');
    expect(out).toContain('  free in graphics memory 10.0 GB: NVIDIA L4 (24 GB), of which other programs hold 14 GB\n');
    expect(out).toContain('  graphics memory is not known: AMD graphics (card1) does not tell its memory\n');
  });

  it('fails for what never fits', async () => {
    const ways = [
      { type: 'shorter_context', context_length: 8192, needs_bytes: 10e9 },
      { type: 'without', models: [{ model: 'pilot:latest', bytes: 9e9 }] },
      { type: 'other_model', model: 'small:latest', needs_bytes: 4e9 },
    ];
    const never = { ...plan, verdict: 'never', reason: 'needs 19 GB; 11 GB free', unload: [], would_fit: ways };
    const { out, code } = await runWith(['plan', 'big'], { answers: { '/api/models/plan': never } });
    expect(code).toBe(1);
    expect(out.split('\n').slice(-4, -1)).toEqual([
      '  would fit: a context of 8192 tokens, 10.0 GB',
      '  would fit: without pilot:latest (9.0 GB, pinned)',
      '  would fit: small:latest, 4.0 GB',
    ]);
  });
});

describe('pin and unpin', () => {
  it.each([
    ['pin', 'POST', 'pilot:latest: pinned. It stays in memory once it is loaded, and is loaded at the start if memory allows.'],
    ['unpin', 'DELETE', 'pilot:latest: not pinned. It may be unloaded for others.'],
  ])('%s a model', async (command, method, words) => {
    const { out, code, calls } = await runWith([command, 'pilot:latest'], { answers: { '/api/models/pilot%3Alatest/pin': MODEL } });
    expect([code, out, calls]).toEqual([0, `${words}\n`, [`${method} /api/models/pilot%3Alatest/pin`]]);
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

  it('ends when the model is not let into memory', async () => {
    const refused = { ...MODEL, phase: 'cold', reason: 'needs 19 GB; 11 GB free' };
    const { out, code } = await runWith(['load', 'pilot:latest'], {
      answers: { '/api/models/pilot%3Alatest/load': refused },
      events: () => [{ type: 'model', model: refused }],
    });
    expect([code, out]).toEqual([1, 'pilot:latest: cold. needs 19 GB; 11 GB free\n']);
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
