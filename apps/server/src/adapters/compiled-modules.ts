import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../../../node_modules/.cache/compiled', import.meta.url));

/** Keeps what is compiled from now on, unless the environment has chosen a place already. A folder that cannot be written is no failure. */
export function keepCompiledModules(): void {
  if (process.env['NODE_COMPILE_CACHE'] !== undefined) return;
  enableCompileCache(FOLDER);
  // Threads do not take it over from this one; they look here.
  process.env['NODE_COMPILE_CACHE'] = FOLDER;
}
