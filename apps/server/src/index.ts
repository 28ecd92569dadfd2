export { serve } from './start/serve.ts';
export type { Flags } from './start/serve.ts';
