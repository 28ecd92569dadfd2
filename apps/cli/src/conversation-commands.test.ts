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
    const file = { ...hit, attachment: { id: 'f', name: 'birds\u001B.pdf' }, snippet: 'no tern', marks: [{ start: 3, end: 7 }] };
    const named = { ...hit, attachment: { id: 'g', name: 'tern.pdf' }, snippet: 'tern.pdf', marks: [] };
    const title = { conversation: summary('c2', 'Terns'), created_at: SINCE, snippet: 'Terns', marks: [] };
    const answers = { '/api/conversations/search?limit=50&q=a%20ter%22': { hits: [title, hit, file, named], next: null } };
    const { out, code } = await runWith(['search', 'a', 'ter"'], { answers });
    expect([out, code]).toEqual([
      'c2  Terns\nc1  Birds\n    a \u001B[1mtern\u001B[22m\nc1  Birds\n    in birds.pdf: no \u001B[1mtern\u001B[22m\nc1  Birds\n    file: tern.pdf\n',
      0,
    ]);
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

const PRESET = { id: 'p1', name: 'Terse \u001B[2Jone', system: 'Be brief.', created_at: SINCE, updated_at: SINCE };

describe('one conversation', () => {
  const summary = (over: object = {}) => ({ id: 'c1', title: 'Terns', created_at: SINCE, updated_at: SINCE, ...over });

  it('is deleted, and said until when it can be brought back; and brought back', async () => {
    const deleted = { id: 'c1', deleted_at: SINCE, final_at: '2026-01-01T00:05:00.000Z' };
    const answers = { '/api/conversations/c1': deleted, '/api/conversations/c1/restore': summary() };
    const gone = await runWith(['history', 'delete', 'c1'], { answers });
    expect(gone.calls).toEqual(['DELETE /api/conversations/c1']);
    expect(gone.out).toBe(
      'Deleted. "pilotlight history undo c1" brings it back until 2026-01-01 00:05:00 UTC; then it is gone for good.\n',
    );
    const back = await runWith(['history', 'undo', 'c1'], { answers });
    expect([back.calls, back.out]).toEqual([['POST /api/conversations/c1/restore'], '“Terns” is there again.\n']);
    expect(JSON.parse((await runWith(['history', 'delete', 'c1', '--json'], { answers })).out)).toEqual(deleted);
    const atOnce = { '/api/conversations/c1': { ...deleted, final_at: SINCE } };
    expect((await runWith(['history', 'delete', 'c1'], { answers: atOnce })).out).toBe('Deleted for good.\n');
  });

  it.each([
    [['pin'], { pinned: true }, { pinned: true }, '“Terns” is pinned.\n'],
    [['unpin'], { pinned: false }, {}, '“Terns” is in the list.\n'],
    [['archive'], { archived: true }, { archived: true, folder: 'Birds' }, '“Terns” is archived, in the folder Birds.\n'],
    [['unarchive'], { archived: false }, {}, '“Terns” is in the list.\n'],
    [['folder', 'Sea', 'birds'], { folder: 'Sea birds' }, { folder: 'Sea birds' }, '“Terns” is in the folder Sea birds.\n'],
    [['folder'], { folder: null }, {}, '“Terns” is in the list.\n'],
    [['rename', 'Sea', 'birds'], { title: 'Sea birds' }, { title: 'Sea \u001B[2Jbirds' }, 'It is called “Sea [2Jbirds” now.\n'],
  ])('has its place changed by %j', async ([action = '', ...rest], body, over, words) => {
    const answers = { '/api/conversations/c1': summary(over) };
    const { calls, bodies, out } = await runWith(['history', action, 'c1', ...rest], { answers });
    expect([calls, bodies, out]).toEqual([['PATCH /api/conversations/c1'], [body], words]);
  });

  it.each([[['delete']], [['burn', 'c1']], [['pin', 'c1', 'Birds']], [['folder']], [['rename', 'c1']]])(
    'is not changed by "history %j"',
    async (line) => {
      const { code, calls, notes } = await runWith(['history', ...line]);
      expect([code, calls, notes]).toEqual([2, [], expect.stringContaining('history delete ID')]);
    },
  );

  it('is said to be meant by a word that is near', async () => {
    expect((await runWith(['history', 'delte', 'c1'])).notes).toMatch(
      /^Did you mean "history delete"\? There are "history rename ID TITLE", /,
    );
  });

  it('is marked in the list while an answer is written in it', async () => {
    const answers = { '/api/conversations?limit=20': { conversations: [summary({ running_generation_id: 'g1' })], next: null } };
    expect((await runWith(['history'], { answers })).out).toBe('2026-01-01 00:00  c1  Terns (an answer is being written)\n');
  });

  it('is listed with its place, from a folder or the archive where that is asked for', async () => {
    const answers = {
      '/api/conversations?limit=20&archived=true&folder=Sea%20birds': {
        conversations: [summary({ pinned: true, folder: 'Sea birds', archived: true })],
        next: null,
      },
    };
    const { out } = await runWith(['history', '--archived', '--folder', 'Sea birds'], { answers });
    expect(out).toBe('2026-01-01 00:00  c1  Terns (pinned) (in Sea birds)\n');
  });

  it('that was used last is found behind the pinned ones', async () => {
    const pinned = summary({ id: 'old', pinned: true });
    const newer = summary({ id: 'new', title: 'New', updated_at: '2026-01-02T00:00:00.000Z' });
    const answers = {
      '/api/conversations?limit=1': { conversations: [pinned], next: 'p1.old' },
      '/api/conversations?limit=200': { conversations: [pinned], next: 'p1.old' },
      '/api/conversations?limit=200&before=p1.old': { conversations: [newer], next: null },
    };
    const { bodies } = await runWith(['chat', 'x', '-c'], { answers, events: () => [START, FINISH] });
    expect(bodies.at(-1)).toMatchObject({ conversation_id: 'new' });
    const older = { ...answers, '/api/conversations?limit=200&before=p1.old': { conversations: [summary({ id: 'o2' })], next: null } };
    expect((await runWith(['chat', 'x', '-c'], { answers: older, events: () => [START, FINISH] })).bodies.at(-1)).toMatchObject({
      conversation_id: 'old',
    });
  });
});

describe('stop', () => {
  const message = (id: string, state: string) => ({
    id,
    parent_id: null,
    role: 'assistant',
    content: '',
    created_at: SINCE,
    state,
    generation_id: `g${id}`,
  });
  const view = (id: string, ...messages: object[]) => ({ id, title: id, created_at: SINCE, updated_at: SINCE, head_id: null, messages });
  const answers = {
    '/api/conversations/c1': view('c1', message('1', 'complete'), message('2', 'running'), message('3', 'running')),
    '/api/conversations/c2': view('c2', message('4', 'complete')),
    '/api/conversations?limit=200&archived=any': {
      conversations: [
        { id: 'c1', title: 'T', created_at: SINCE, updated_at: SINCE, running_generation_id: 'g2' },
        { id: 'c2', title: 'T', created_at: SINCE, updated_at: SINCE },
      ],
      next: null,
    },
  };
  const STOPS = ['POST /api/generations/g2/stop', 'POST /api/generations/g3/stop'];

  it('ends every answer that is being written in a conversation, or in any', async () => {
    const one = await runWith(['stop', 'c1'], { answers });
    expect([one.code, one.out, one.calls]).toEqual([
      0,
      'Stopped 2 answers. What was written is kept.\n',
      ['GET /api/conversations/c1', ...STOPS],
    ]);
    const all = await runWith(['stop', '--all', '--json'], { answers });
    expect(all.calls.slice(1)).toEqual(['GET /api/conversations/c1', ...STOPS]);
    expect(JSON.parse(all.out)).toEqual({
      stopped: [
        { conversation_id: 'c1', generation_id: 'g2' },
        { conversation_id: 'c1', generation_id: 'g3' },
      ],
    });
  });

  it('says so where there is none, and guesses nothing', async () => {
    expect(await runWith(['stop', 'c2'], { answers })).toMatchObject({ code: 1, out: '', notes: 'No answer is being written there.\n' });
    for (const line of [['stop'], ['stop', 'c1', '--all']]) expect(await runWith(line, { answers })).toMatchObject({ code: 2, calls: [] });
  });
});

describe('presets and temporary conversations', () => {
  const answers = { '/api/presets': { presets: [PRESET, { ...PRESET, id: 'p2', name: 'Kind' }, { ...PRESET, id: 'p3', name: 'Kind' }] } };

  it('are listed, by name', async () => {
    expect((await runWith(['presets'], { answers })).out).toBe('p1  Terse [2Jone\np2  Kind\np3  Kind\n');
    expect((await runWith(['presets'], { answers: { '/api/presets': { presets: [] } } })).notes).toBe('There is no preset yet.\n');
  });

  it('begin a chat; a temporary one is forgotten at its end', async () => {
    const script = { answers, events: () => [START, FINISH] };
    const { calls, bodies } = await runWith(['chat', 'x', '--preset', 'p2', '-t'], script);
    expect(bodies).toEqual([{ message: 'x', new_conversation: { temporary: true, preset_id: 'p2' } }]);
    expect(calls).toEqual(['GET /api/presets', 'POST /api/chat/stream', 'DELETE /api/conversations/c1']);
    const talk = await runWith(['chat', '--temporary'], { ...script, typed: ['a', 'b'] });
    expect(talk.calls).toEqual(['POST /api/chat/stream', 'POST /api/chat/stream', 'DELETE /api/conversations/c1']);
    expect((await runWith(['chat', 'x'], script)).calls).toEqual(['POST /api/chat/stream']);
  });

  it.each([
    [['--preset', 'none'], 'There is no preset “none”'],
    [['--preset', 'Kind'], '2 presets are called “Kind”'],
    [['--preset', 'p1', '--continue'], '--continue goes on'],
    [['-t', '-c'], '--continue goes on'],
  ])('are refused in words: %j', async (line, words) => {
    const { code, notes, calls } = await runWith(['chat', 'x', ...line], { answers });
    expect([code > 0, calls.includes('POST /api/chat/stream')]).toEqual([true, false]);
    expect(notes).toContain(words);
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
      '/api/conversations?limit=200&archived=any': { conversations: [summary('a'), summary('gone'), summary('b')], next: null },
      '/api/presets': { presets: [PRESET] },
      '/api/conversations/a/export?format=json': one('a'),
      '/api/conversations/gone/export?format=json': gone,
      '/api/conversations/b/export?format=json': one('b'),
    };
    const { out } = await runWith(['export', '--all'], { answers });
    const document = JSON.parse(out) as { format: string; conversations: { id: string }[] };
    expect(document).toMatchObject({ format: 'pilotlight-conversations', version: 1, exported_at: SINCE });
    expect(document.conversations.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(document).toMatchObject({ presets: [PRESET] });
    const none = await runWith(['export', '--all'], {
      answers: { '/api/conversations?limit=200&archived=any': { conversations: [], next: null }, '/api/presets': { presets: [] } },
    });
    expect(JSON.parse(none.out)).toMatchObject({ conversations: [], presets: [] });
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

  it('says how many presets came with it, and sends them once', async () => {
    const withPresets = { '/api/conversations/import': { source: 'pilotlight', imported: [], refused: [], presets: 2 } };
    const long = 'x'.repeat(5_000_000);
    const document = {
      conversations: [
        { id: 'a', long },
        { id: 'b', long },
      ],
      presets: [PRESET],
    };
    const { out, bodies, code } = await runWith(['import', 'x.json'], {
      answers: withPresets,
      files: { 'x.json': JSON.stringify(document) },
    });
    expect([out, code]).toEqual(['Imported 0 conversations, 0 messages, 4 presets. Refused 0.\n', 0]);
    expect(bodies.map((body) => 'presets' in (body as object))).toEqual([true, false]);
  });

  it('says so if the file is no JSON', async () => {
    const { code, notes } = await runWith(['import', 'x.zip'], { files: { 'x.zip': 'PK' } });
    expect([code, notes]).toEqual([1, expect.stringContaining('x.zip is no JSON')]);
  });
});
