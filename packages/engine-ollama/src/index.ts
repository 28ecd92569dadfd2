export { createOllamaEngine } from './ollama-engine.ts';
export type { OllamaEngineSetup } from './ollama-engine.ts';
export type { KeepAlive } from './to-chat-body.ts';
