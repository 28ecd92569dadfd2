export { createOpenaiEngine } from './openai-engine.ts';
export type { OpenaiEngineSetup } from './openai-engine.ts';
