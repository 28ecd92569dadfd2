import { expect, test } from 'vitest';

import { toLoss, toOomKills } from './exit-reason.ts';

const exit = (changes: Partial<Parameters<typeof toLoss>[0]>): Parameters<typeof toLoss>[0] => ({
  code: null,
  signal: null,
  errorLines: [],
  ...changes,
});

test('a kill for memory is told apart from another kill', () => {
  expect(toLoss(exit({ signal: 'SIGKILL' }), true)).toEqual({
    failure: 'out_of_memory',
    reason: 'Its process was killed by the system because memory ran out.',
  });
  expect(toLoss(exit({ signal: 'SIGKILL' }), false)).toEqual({ failure: 'died', reason: 'Its process was ended by the signal SIGKILL.' });
});

test('the last words are quoted without paths, stacks or anything that could be taken for code', () => {
  const errorLines = [
    'GGML_ASSERT(n > 0) failed at /home/ada/llama.cpp/src/ggml.c:12 {"a":1}',
    '    at run (node:internal/x:1:2)',
    'Node.js v26.10.0',
    '',
  ];
  expect(toLoss(exit({ signal: 'SIGABRT', errorLines }), false).reason).toBe(
    `Its process was ended by the signal SIGABRT. It last said: "GGML_ASSERT(n > 0) failed at …:12 ''a':1'".`,
  );
});

test('a program that ran out of memory by itself says so', () => {
  expect(toLoss(exit({ code: 1, errorLines: ['ggml: failed to allocate 8 GiB'] }), false)).toMatchObject({ failure: 'out_of_memory' });
  expect(toLoss(exit({ code: 7 }), false)).toEqual({ failure: 'died', reason: 'Its process ended with code 7.' });
  expect(toLoss(exit({}), false).reason).toBe('Its process could not be started.');
});

test('the kernel’s counter is read in both of its forms', () => {
  expect(toOomKills('low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 0\n')).toBe(2);
  expect(toOomKills('pgfault 1\noom_kill 41\nnuma_hit 7\n')).toBe(41);
  expect(toOomKills('nothing of the kind')).toBe(0);
});
