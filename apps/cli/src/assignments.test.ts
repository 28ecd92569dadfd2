import { describe, expect, it } from 'vitest';

import { readAssignments } from './assignments.ts';
import { FINISH, runWith, START } from './testing/run-with.ts';

describe('words that set options', () => {
  it('are JSON where they can be, text where not, and take out where they are empty', () => {
    expect(readAssignments('temperature=0.2  thinking=low keep_alive=10m seed= profile.cache_type=q8_0 profile.slots=2')).toEqual({
      options: { temperature: 0.2, thinking: 'low', keep_alive: '10m', seed: undefined },
      profile: { cache_type: 'q8_0', slots: 2 },
    });
  });

  it('keep blanks within brackets and quotes', () => {
    expect(readAssignments('stop=["the end", "a ] b"] format={"type": "object"}').options).toEqual({
      stop: ['the end', 'a ] b'],
      format: { type: 'object' },
    });
  });

  it.each(['temprature=1', 'temperature', 'profile.temperature=1', 'slots=2', '=1'])('refuse %s', (text) => {
    expect(() => readAssignments(text)).toThrow(/names no option|has no "="/);
  });
});

const TASKS = {
  from: 'kept',
  tasks: [
    {
      task: 'chat',
      models: ['a:latest', 'b:latest'],
      needs: 'completion',
      from: 'kept',
      first: 'b:latest',
      reason: 'a:latest is on no engine',
    },
    { task: 'code', models: ['a:latest'], needs: 'completion', from: 'none', first: 'a:latest' },
  ],
};

describe('tasks', () => {
  const answers = { '/api/tasks': TASKS };

  it('shows routes with who would answer now', async () => {
    const { out } = await runWith(['tasks'], { answers });
    expect(out).toBe('chat: a:latest, then b:latest (now b:latest; a:latest is on no engine)\ncode: the default model (now a:latest)\n');
  });

  it.each([
    [['set', 'code', 'c', 'd'], { tasks: { chat: ['a:latest', 'b:latest'], code: ['c', 'd'] } }],
    [['set', 'chat', 'c'], { tasks: { chat: ['c'] } }],
    [['unset', 'chat'], { tasks: {} }],
  ])('%j sends the whole table', async (line, body) => {
    const { calls, bodies, code } = await runWith(['tasks', ...line], { answers });
    expect([calls, bodies, code]).toEqual([['GET /api/tasks', 'PUT /api/tasks'], [body], 0]);
  });

  it('takes back what was set', async () => {
    expect((await runWith(['tasks', 'reset'], { answers })).calls).toEqual(['DELETE /api/tasks']);
  });

  it.each([[['set', 'chat']], [['unset']], [['unset', 'chat', 'a']], [['reset', 'chat']], [['sort']]])('refuses %j', async (line) => {
    const { code, calls } = await runWith(['tasks', ...line], { answers });
    expect([code, calls]).toEqual([2, []]);
  });

  it('says that a task without a route has none', async () => {
    expect((await runWith(['tasks', 'unset', 'code'], { answers })).code).toBe(1);
  });
});

describe('defaults', () => {
  const path = '/api/models/hf.co%2Forg%2Fx%3Aq4/defaults';
  const view = {
    name: 'hf.co/org/x:q4',
    options: { temperature: 0.2, seed: 3 },
    profile: { slots: 2 },
    from: 'kept',
    notes: [{ field: 'profile.slots', reason: 'the server has one number' }],
  };
  const answers = { [path]: view };

  it('shows what is set and what has no effect', async () => {
    const { out } = await runWith(['defaults', 'hf.co/org/x:q4'], { answers });
    expect(out).toBe(
      'hf.co/org/x:q4: set here\n  temperature=0.2\n  seed=3\n  profile.slots=2\n  profile.slots: the server has one number\n',
    );
  });

  it('changes what is named and leaves the rest', async () => {
    const { bodies, calls } = await runWith(['defaults', 'hf.co/org/x:q4', 'top_k=5', 'seed=', 'profile.context_length=4096'], { answers });
    expect(calls).toEqual([`GET ${path}`, `PUT ${path}`]);
    expect(bodies).toEqual([{ options: { temperature: 0.2, seed: undefined, top_k: 5 }, profile: { slots: 2, context_length: 4096 } }]);
  });

  it('takes all back', async () => {
    expect((await runWith(['defaults', 'hf.co/org/x:q4', '--reset'], { answers })).calls).toEqual([`DELETE ${path}`]);
    expect((await runWith(['defaults', 'hf.co/org/x:q4', 'top_k=5', '--reset'], { answers })).code).toBe(2);
  });
});

describe('chat', () => {
  it('sends a task and options', async () => {
    const { bodies, code } = await runWith(['chat', 'x', '--task', 'code', '--set', 'temperature=0 stop=["a b"]'], {
      events: () => [START, FINISH],
    });
    expect([bodies, code]).toEqual([[{ message: 'x', task: 'code', options: { temperature: 0, stop: ['a b'] } }], 0]);
  });

  it('prints what is thought nowhere', async () => {
    const { out } = await runWith(['chat', 'x'], {
      events: () => [START, { type: 'reasoning', text: 'hm' }, { type: 'text', text: 'hi' }, FINISH],
    });
    expect(out).toBe('hi\n');
  });

  it('refuses an option that is none, before anything is sent', async () => {
    const { code, calls } = await runWith(['chat', 'x', '--set', 'heat=1']);
    expect([code, calls]).toEqual([1, []]);
  });
});
