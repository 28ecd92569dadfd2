import { describe, expect, it } from 'vitest';

import { ServerFailure } from './server-client.ts';
import { FINISH, runWith, START } from './testing/run-with.ts';
import { findFiles } from './upload-files.ts';

const FILE = { id: 'f1', name: 'a.py', kind: 'text', media_type: 'text/plain', bytes: 8 };
const ANSWERS = {
  '/api/attachments?name=a.py': FILE,
  '/api/attachments?name=b%20c.md': { ...FILE, id: 'f2' },
};
const FILES = { 'src/a.py': 'print(1)', 'b c.md': '# B' };
const answer = () => [START, { type: 'text', text: 'ok' }, FINISH];

describe('files of the command line', () => {
  it('are sent before the message that they belong to', async () => {
    const { code, calls, bodies } = await runWith(['chat', '--file', 'src/a.py, b c.md', 'What is it?'], {
      answers: ANSWERS,
      files: FILES,
      events: answer,
    });
    expect(code).toBe(0);
    expect(calls).toEqual(['POST /api/attachments?name=a.py', 'POST /api/attachments?name=b%20c.md', 'POST /api/chat/stream']);
    expect(bodies).toEqual(['print(1)', '# B', { message: 'What is it?', attachments: ['f1', 'f2'] }]);
  });

  it('that are not there, or that the server refuses, let nothing be asked', async () => {
    const missing = await runWith(['chat', '-f', 'none.txt', 'x'], { files: FILES, events: answer });
    expect([missing.code, missing.calls]).toEqual([1, []]);
    expect(missing.notes).toContain('none.txt is not there');
    const refusal = new ServerFailure('This file cannot be attached: It is empty.', { code: 'attachment_refused', remedy: 'Attach text.' });
    const refused = await runWith(['chat', '-f', 'src/a.py', 'x'], {
      files: FILES,
      answers: { '/api/attachments?name=a.py': refusal },
      events: answer,
    });
    expect([refused.code, refused.calls]).toEqual([1, ['POST /api/attachments?name=a.py']]);
    expect(refused.notes).toContain('src/a.py: This file cannot be attached');
  });

  it('go with the first message alone, and in a conversation can be named in any', async () => {
    const typed = ['Look at @"b c.md" and @nobody.example', 'and now?'];
    const { bodies, notes } = await runWith(['chat', '--file', 'src/a.py'], { answers: ANSWERS, files: FILES, events: answer, typed });
    expect(bodies).toEqual([
      'print(1)',
      '# B',
      { message: typed[0], attachments: ['f1', 'f2'] },
      { message: 'and now?', conversation_id: 'c1' },
    ]);
    expect(notes).toContain('nobody.example is not there: sent as text.');
  });

  it.each([
    ['see @a.py and @./dir/b', ['a.py', './dir/b']],
    ['mail me@example.org, @you', []],
    ['@"my notes.md"', ['my notes.md']],
  ])('in %j are %j', (line, names) => {
    expect(findFiles(line)).toEqual(names);
  });
});
