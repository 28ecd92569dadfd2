import { expect, it } from 'vitest';

import { readExport } from './read-export.ts';

it.each([
  ['a text', 'x'.repeat(100_000)],
  ['a list', Array.from({ length: 100_000 }, () => 1)],
])('says of a version that is %s no more than its beginning: all of it went into the answer and the log', (_kind, version) => {
  const read = (): unknown => readExport({ format: 'pilotlight-conversations', version, conversations: [] });
  expect(read).toThrow(expect.objectContaining({ detail: expect.stringMatching(/^The export has the version .{50}…; this program/) }));
});

it('says a missing version as it is', () => {
  expect(() => readExport({ format: 'pilotlight-conversations' })).toThrow('the version undefined;');
});
