import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { COMPILED_MODULES, NODE_FLAGS, toLaunch } from './launch.mjs';

test('the command line is started with its flags and a place for compiled modules', () => {
  const { arguments: all, environment } = toLaunch(['serve', '--port', '8100'], { PATH: '/bin' });
  expect(all.slice(0, NODE_FLAGS.length)).toEqual([...NODE_FLAGS]);
  expect(existsSync(all[NODE_FLAGS.length] ?? '')).toBe(true);
  expect(all.slice(NODE_FLAGS.length + 1)).toEqual(['serve', '--port', '8100']);
  expect(environment).toEqual({ PATH: '/bin', NODE_COMPILE_CACHE: COMPILED_MODULES });
  expect(COMPILED_MODULES).toMatch(/node_modules.\.cache.compiled$/);
});

test('a place that the environment has is kept', () => {
  expect(toLaunch([], { NODE_COMPILE_CACHE: '/tmp/cache' }).environment.NODE_COMPILE_CACHE).toBe('/tmp/cache');
});
