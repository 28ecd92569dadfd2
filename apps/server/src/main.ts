import { endProcess } from './adapters/process-life.ts';
import { serve } from './start/serve.ts';

endProcess(await serve());
