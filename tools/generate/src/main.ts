// `npm run generate` writes the files that are made from tables; with --check it only says which of them have drifted.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DOCUMENTS, drifted } from './documents.ts';

const root = join(import.meta.dirname, '..', '..', '..');

function read(path: string): string | undefined {
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
}

const changed = drifted(DOCUMENTS, read);
if (process.argv.includes('--check')) {
  for (const { path } of changed) console.error(`${path} is not what its table says. Run "npm run generate" and commit it.`);
  process.exitCode = changed.length === 0 ? 0 : 1;
} else {
  for (const { path, text } of changed) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text());
    console.log(`wrote ${path}`);
  }
  console.log(`${DOCUMENTS.length} documents, ${changed.length} changed`);
}
