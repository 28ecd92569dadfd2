import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';

import { expect, it } from 'vitest';

import { findPortOwner } from './port-owner.ts';

const LISTEN = `const server = require('node:net').createServer().listen(0, '127.0.0.1', () => console.log(server.address().port))`;

it.runIf(process.platform === 'linux')(
  'tells the program at a port and nothing of its command line, which printed its secrets',
  async () => {
    const child = spawn(process.execPath, ['-e', LISTEN, '--', '--token', 'a-secret-of-somebody'], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      const [port] = (await once(child.stdout, 'data')) as [Buffer];
      expect(await findPortOwner(Number(port))).toEqual({ pid: child.pid, program: basename(process.execPath) });
    } finally {
      child.kill('SIGKILL');
    }
  },
);
