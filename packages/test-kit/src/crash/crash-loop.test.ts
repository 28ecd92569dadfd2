import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, it } from 'vitest';

import { chooseSeed } from '../seeded-randomness.ts';
import { createTemporaryFolder } from '../temporary-folder.ts';
import { planCycle } from './plan-cycle.ts';
import { runCrashLoop } from './run-crash-loop.ts';

// The loop at length: npm run crash.
const CYCLES = 10;

describe('the crash loop', () => {
  it(`kills the server ${CYCLES} times while 8 clients chat: nothing acknowledged is lost, nothing shown is missing, doubled or made up`, async () => {
    await using folder = await createTemporaryFolder();
    const totals = await runCrashLoop({
      seed: chooseSeed(),
      cycles: CYCLES,
      clients: 8,
      folder: folder.path,
      usesPilot: true,
      say: () => {},
    });
    expect(totals).toMatchObject({ cycles: CYCLES });
    expect(totals.acknowledged).toBeGreaterThan(0);
    expect(totals.shown).toBeGreaterThan(0);
    expect(totals.interrupted).toBeGreaterThan(0);
  }, 240_000);

  it('does the same again for the same seed', () => {
    expect(planCycle(7, 3, 8)).toEqual(planCycle(7, 3, 8));
    expect(planCycle(7, 3, 8)).not.toEqual(planCycle(7, 4, 8));
    expect(planCycle(8, 3, 8)).not.toEqual(planCycle(7, 3, 8));
  });
});

it('the checker shares no code with what it checks', async () => {
  const folder = fileURLToPath(new URL('checker', import.meta.url));
  const files = (await readdir(folder)).filter((name) => !name.endsWith('.test.ts'));
  expect(files.length).toBeGreaterThan(2);
  for (const name of files) {
    const text = await readFile(join(folder, name), 'utf8');
    const imported = [...text.matchAll(/^import (type )?[^;]*from '([^']+)';$/gm)].map(([, type, from]) => ({
      isType: type !== undefined,
      from,
    }));
    for (const { isType, from } of imported) {
      expect(
        from?.startsWith('node:') || from?.startsWith('./') || (isType && from === '../transcript.ts'),
        `${name} imports ${from}`,
      ).toBe(true);
    }
  }
});
