import { COMMAND_REMEDIES } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { parseLine } from './arguments.ts';
import { COMMANDS } from './commands.ts';
import { ServerFailure, toFailure } from './server-client.ts';
import { FINISH, runWith, SINCE, START } from './testing/run-with.ts';

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
    [['lod'], 'There is no command "lod". Did you mean "load"?'],
    [['xyzzyxyzzy'], 'There is no command "xyzzyxyzzy". There are: serve,'],
    [['load'], '"MODEL" is missing'],
    [['load', 'a', 'b'], '"b" is one word too many'],
    [['models', '--jsn'], 'There is no option "--jsn". Did you mean "--json"?'],
    [['serve', '--prt', '1'], 'There is no option "--prt". Did you mean "--port"?'],
    [['models', '-x'], 'There is no option "-x".\n'],
    [['chat', '--model'], '--model'],
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

  it('says what helps with the command that does it', async () => {
    const problem = {
      code: 'model_not_found',
      title: 'There is no such model',
      detail: 'None has "x".',
      remedy: 'GET /api/models lists them.',
    };
    const answers = { '/api/models/x/pin': toFailure(404, problem) };
    expect((await runWith(['pin', 'x'], { answers })).notes).toBe(
      'There is no such model: None has "x".\n"pilotlight models" lists those there are.\n',
    );
    const full = toFailure(503, { ...problem, code: 'queue_full' }, '30');
    expect((await runWith(['models'], { answers: { '/api/models': full } })).notes).toContain('\nTry again in 30 s.\n');
    const broken = {
      type: 'error',
      code: 'model_wedged',
      title: 'Silent',
      detail: 'No token.',
      remedy: 'Unload it.',
      source: 'upstream',
      kept: true,
    };
    expect((await runWith(['chat', 'x'], { events: () => [START, broken] })).notes).toContain('"pilotlight unload NAME"');
  });

  it.each(Object.entries(COMMAND_REMEDIES))('has every command that helps with %s', (_code, remedy) => {
    for (const [, line = ''] of remedy.matchAll(/"pilotlight ([^"]+)"/g)) {
      if (line === '--version' || line.startsWith('COMMAND')) continue;
      expect(parseLine(line.split(' '), COMMANDS), line).toMatchObject({ kind: 'run' });
    }
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
