import { describe, expect, it } from 'vitest';

import type { DataFolder } from './data-folder.ts';
import { ServerFailure } from './server-client.ts';
import { FINISH, NO_DATA, runWith, SINCE, START } from './testing/run-with.ts';

describe('backup and restore', () => {
  const facts = { file: '/backups/all.db', conversations: 2, messages: 8, sizeBytes: 73_728 };

  it('say what was written, and what was kept', async () => {
    const data: DataFolder = {
      backUp: () => Promise.resolve(facts),
      restore: () => Promise.resolve({ ...facts, replaced: '/data/pilotlight.db.replaced-x' }),
    };
    expect((await runWith(['backup', 'all.db'], { data })).out).toBe('/backups/all.db: 2 conversations, 8 messages, 0.1 MB. Checked.\n');
    const restored = await runWith(['restore', 'all.db'], { data });
    expect(restored.out).toContain('Restored 2 conversations');
    expect(restored.notes).toContain('/data/pilotlight.db.replaced-x');
    const json = await runWith(['restore', 'all.db', '--json'], { data });
    expect(JSON.parse(json.out)).toEqual({
      file: '/backups/all.db',
      conversations: 2,
      messages: 8,
      replaced: '/data/pilotlight.db.replaced-x',
    });
  });

  it('fail in words', async () => {
    const inUse = new ServerFailure('Another Pilotlight (pid 7) uses this data folder.', {
      code: 'data_folder_in_use',
      remedy: 'Stop it.',
    });
    const { code, notes } = await runWith(['restore', 'all.db'], { data: { ...NO_DATA, restore: () => Promise.reject(inUse) } });
    expect([code, notes]).toEqual([1, 'Another Pilotlight (pid 7) uses this data folder.\nStop it.\n']);
  });
});

describe('conversations', () => {
  const summary = (id: string, title = `Title ${id}`) => ({ id, title, created_at: SINCE, updated_at: SINCE });

  it('are listed page by page', async () => {
    const first = Array.from({ length: 200 }, (_, index) => summary(`c${index}`));
    const answers = {
      '/api/conversations?limit=200': { conversations: first, next: '1.c199' },
      '/api/conversations?limit=200&before=1.c199': { conversations: [summary('last', 'The \u001B[2Jlast')], next: null },
      '/api/conversations?limit=20': { conversations: first.slice(0, 2), next: null },
    };
    const all = await runWith(['history', '--all'], { answers });
    expect(all.out.split('\n')).toHaveLength(202);
    expect(all.out).toContain('2026-01-01 00:00  last  The [2Jlast\n');
    expect((await runWith(['history'], { answers })).out).toBe('2026-01-01 00:00  c0  Title c0\n2026-01-01 00:00  c1  Title c1\n');
    expect((await runWith(['history', '-n', 'x'])).code).toBe(2);
  });

  it('are searched by all the words of the line', async () => {
    const hit = {
      conversation: summary('c1', 'Birds'),
      message_id: 'm1',
      role: 'user',
      created_at: SINCE,
      snippet: 'a tern\u001B',
      marks: [{ start: 2, end: 6 }],
    };
    const title = { conversation: summary('c2', 'Terns'), created_at: SINCE, snippet: 'Terns', marks: [] };
    const answers = { '/api/conversations/search?limit=50&q=a%20ter%22': { hits: [title, hit], next: null } };
    const { out, code } = await runWith(['search', 'a', 'ter"'], { answers });
    expect([out, code]).toEqual(['c2  Terns\nc1  Birds\n    a \u001B[1mtern\u001B[22m\n', 0]);
    const none = await runWith(['search', 'x'], { answers: { '/api/conversations/search?limit=50&q=x': { hits: [], next: null } } });
    expect([none.code, none.notes]).toEqual([1, 'Nothing was found.\n']);
  });

  it('are gone on with', async () => {
    const answers = { '/api/conversations?limit=1': { conversations: [summary('c9')], next: '1.c9' } };
    const { bodies, notes } = await runWith(['chat', 'x', '--continue'], { answers, events: () => [START, FINISH] });
    expect(bodies.at(-1)).toEqual({ message: 'x', conversation_id: 'c9' });
    expect(notes).toContain('Going on with “Title c9”.');
    const none = await runWith(['chat', 'x', '-c'], { answers: { '/api/conversations?limit=1': { conversations: [], next: null } } });
    expect([none.code, none.notes]).toEqual([1, expect.stringContaining('no conversation yet')]);
  });
});

describe('export', () => {
  const one = (id: string) => ({
    format: 'pilotlight-conversations',
    version: 1,
    exported_at: SINCE,
    conversations: [{ id, title: id, created_at: SINCE, updated_at: SINCE, head_id: null, messages: [] }],
  });
  const summary = (id: string) => ({ id, title: id, created_at: SINCE, updated_at: SINCE });
  const gone = new ServerFailure('Gone', { code: 'conversation_not_found', remedy: '' });

  it('writes one conversation as it comes', async () => {
    const { out } = await runWith(['export', 'c1', '--format', 'markdown'], {
      answers: { '/api/conversations/c1/export?format=markdown': '# Birds\n\ntext\n' },
    });
    expect(out).toBe('# Birds\n\ntext\n');
  });

  it('writes all as one document that can be imported, without what was removed meanwhile', async () => {
    const answers = {
      '/api/conversations?limit=200': { conversations: [summary('a'), summary('gone'), summary('b')], next: null },
      '/api/conversations/a/export?format=json': one('a'),
      '/api/conversations/gone/export?format=json': gone,
      '/api/conversations/b/export?format=json': one('b'),
    };
    const { out } = await runWith(['export', '--all'], { answers });
    const document = JSON.parse(out) as { format: string; conversations: { id: string }[] };
    expect(document).toMatchObject({ format: 'pilotlight-conversations', version: 1, exported_at: SINCE });
    expect(document.conversations.map(({ id }) => id)).toEqual(['a', 'b']);
    const none = await runWith(['export', '--all'], { answers: { '/api/conversations?limit=200': { conversations: [], next: null } } });
    expect(JSON.parse(none.out)).toMatchObject({ conversations: [] });
  });

  it.each([[['export']], [['export', 'c1', '--all']], [['export', 'c1', '--format', 'pdf']]])('refuses %j', async (line) => {
    expect((await runWith(line)).code).toBe(2);
  });
});

describe('import', () => {
  const result = {
    source: 'pilotlight',
    imported: [{ conversation: { id: 'n1', title: 'T', created_at: SINCE, updated_at: SINCE }, messages: 2 }],
    refused: [{ title: 'Bad', reason: 'In a circle.' }],
  };
  const answers = { '/api/conversations/import': result };

  it('sends the file and says what was taken and what was not', async () => {
    const { out, notes, bodies, code } = await runWith(['import', 'x.json'], { answers, files: { 'x.json': '{"a":1}' } });
    expect(bodies).toEqual([{ a: 1 }]);
    expect([out, notes, code]).toEqual(['Imported 1 conversation, 2 messages. Refused 1.\n', '“Bad”: In a circle.\n', 1]);
    expect((await runWith(['import', '-'], { answers, piped: '[2]' })).bodies).toEqual([[2]]);
  });

  it('says so if the file is no JSON', async () => {
    const { code, notes } = await runWith(['import', 'x.zip'], { files: { 'x.zip': 'PK' } });
    expect([code, notes]).toEqual([1, expect.stringContaining('x.zip is no JSON')]);
  });
});
