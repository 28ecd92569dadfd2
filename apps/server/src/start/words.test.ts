import type { ModelsView } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { listeningInodes } from '../adapters/port-owner.ts';
import { AT, toModelView } from '../testing/scripted-gateway.ts';
import { toFindings, toFolderFailure, toListenFailure } from './words.ts';

describe('what the start says', () => {
  it('names every engine with what was tried, and every model with its phase', () => {
    const view = {
      models: [
        toModelView({ phase: 'loading', ready: false, progress: 0.41, reason: 'Warm-up at the start.' }),
        toModelView({ name: 'a:b', default: false }),
      ],
      engines: [
        { id: 'llama.cpp', kind: 'llama.cpp', address: 'built in', reachable: true, reason: '1 model.', since: AT },
        {
          id: 'ollama',
          kind: 'ollama',
          address: 'localhost:11434',
          reachable: false,
          reason: 'connection refused, tried for 0.3 s',
          since: AT,
        },
      ],
      memory: { total_bytes: 1, free_bytes: 1, resident: [] },
    } satisfies ModelsView;
    const modelFolders = [
      { path: '/data/models', isThere: true, isNamed: false },
      { path: '/nope', isThere: false, isNamed: true },
    ];
    const places = { dataFolder: '/data', hasDatabase: false, modelFolders };
    const words = toFindings(view, places);
    expect(words).toContain('  built in                   1 model.\n  ollama at localhost:11434  connection refused, tried for 0.3 s\n');
    expect(words).toContain('  pilot:latest (default)  loading, 41 %: Warm-up at the start.\n');
    expect(words).toContain('\nData folder\n  /data\n');
    expect(toFindings(view, { ...places, hasDatabase: true })).toContain('\n  /data, and conversations in the database of DATABASE_URL\n');
    expect(words).toContain('  /data/models\n  /nope, which is not there: correct PILOTLIGHT_MODELS, or make it\n');
  });

  it('names the process at a port that is taken, and the way out', () => {
    const taken = Object.assign(new Error('listen'), { code: 'EADDRINUSE' });
    expect(toListenFailure(taken, { host: '127.0.0.1', port: 8000, owner: { pid: 7, program: 'node\u001B[2J' } })).toBe(
      'Port 8000 is taken by process 7 (node\\u001b[2J).\nEnd it, or choose another port: PILOTLIGHT_PORT=8001\n',
    );
  });
});

describe('a data folder that cannot be used', () => {
  it.each([
    ['ENOTDIR', '/etc/passwd', 'PILOTLIGHT_DATA: /etc/passwd is a file; name a folder.\n'],
    ['EACCES', '/data', 'PILOTLIGHT_DATA: this user may not write to /data; give the permission (chmod u+rwx), or name another folder.\n'],
    ['ENOENT', '/proc/nope', 'PILOTLIGHT_DATA: /proc/nope cannot be made (ENOENT); name another folder.\n'],
  ])('%s: is named with the cause and the way out', (code, path, words) => {
    expect(toFolderFailure(Object.assign(new Error('x'), { code, path }), path)).toBe(words);
  });
});

describe('/proc/net/tcp', () => {
  it('tells the socket that listens at a port', () => {
    const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0000 100 0 0 10 0
   1: 0100007F:1F40 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0000 20 4 30 10 -1
   2: 00000000:11F40 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4713 1 0000 100 0 0 10 0`;
    expect(listeningInodes(table, 8000)).toEqual(['socket:[4711]']);
  });
});
