import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * A real instruct model for the tests that need one: the file that `PILOTLIGHT_TEST_MODEL` names, or an instruct model in `models/extra` or in a
 * `shared/models` folder beside the project. Undefined if there is none: such tests skip and say so.
 */
export function findInstructModel(): string | undefined {
  const named = process.env['PILOTLIGHT_TEST_MODEL'];
  if (named !== undefined && named !== '') return isFile(named) ? named : undefined;
  for (const folder of [join(ROOT, 'models/extra'), join(ROOT, '../shared/models')]) {
    const file = namesIn(folder).find((name) => /instruct.*\.gguf$/iu.test(name));
    if (file !== undefined) return join(folder, file);
  }
  return undefined;
}

/** What a test says that is skipped for want of such a model. */
export const NO_INSTRUCT_MODEL = 'no instruct model is at hand; name one by PILOTLIGHT_TEST_MODEL';

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch {
    return [];
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}
