import { enableCompileCache } from 'node:module';

import { COMPILED_MODULES } from '../../../../scripts/launch.mjs';

/** Keeps what is compiled from now on, unless the environment has chosen a place already. A folder that cannot be written is no failure. */
export function keepCompiledModules(): void {
  if (process.env['NODE_COMPILE_CACHE'] !== undefined) return;
  enableCompileCache(COMPILED_MODULES);
  // Threads do not take it over from this one; they look here.
  process.env['NODE_COMPILE_CACHE'] = COMPILED_MODULES;
}
