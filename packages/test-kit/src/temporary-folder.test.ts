import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

import { createTemporaryFolder } from './temporary-folder.ts';

test('the folder is there while it is used, and gone with its files afterwards', async () => {
  let path: string;
  {
    await using folder = await createTemporaryFolder();
    path = folder.path;
    await writeFile(join(path, 'file'), 'content');
    expect(existsSync(path)).toBe(true);
  }
  expect(existsSync(path)).toBe(false);
});
