export { createLlamaCppEngine } from './create-llama-cpp-engine.ts';
export type { LlamaCppEngineOptions } from './create-llama-cpp-engine.ts';
export type { BuiltInModel } from './models/model-catalog.ts';
export type { SamplingHints } from './gguf/describe-header.ts';
export { createNodeDisk } from './adapters/node-disk.ts';
export { createNodeMachine } from './adapters/node-machine.ts';
export { createNodeProcesses } from './adapters/node-processes.ts';
