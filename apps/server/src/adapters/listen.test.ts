import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

import { expect, it } from 'vitest';

import { listen } from './listen.ts';

const CONNECTIONS = 1_000;
/** Ends when all are connected, which the system does by itself while the server takes none of them. */
const CONNECT = `
  const { connect } = require('node:net');
  let left = ${CONNECTIONS};
  for (let index = 0; index < ${CONNECTIONS}; index += 1)
    connect(Number(process.argv[1]), '127.0.0.1', () => { if (--left === 0) { console.log('all'); process.exit(); } });
`;

function mostOfSystem(): number {
  try {
    return Number(readFileSync('/proc/sys/net/core/somaxconn', 'utf8'));
  } catch {
    return 0;
  }
}

it.skipIf(mostOfSystem() < CONNECTIONS)(
  'lets a thousand connections wait while the event loop takes none',
  async () => {
    const server = createServer();
    const port = await listen(server, '127.0.0.1', 0);
    // Nothing else happens in this process until they are there.
    expect(execFileSync(process.execPath, ['-e', CONNECT, String(port)], { encoding: 'utf8', timeout: 30_000 })).toBe('all\n');
    server.closeAllConnections();
    server.close();
  },
  60_000,
);
