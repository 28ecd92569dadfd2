import { keepCompiledModules } from './adapters/compiled-modules.ts';
import { endProcess } from './adapters/process-life.ts';

keepCompiledModules();
// Loaded after that, so that what it loads is kept.
const { serve } = await import('./start/serve.ts');
endProcess(await serve());
