import { createPilotEngine, PILOT } from '../../testing/pilot-engine.ts';

/** Loads the pilot model, tells its own parent the process of it, begins an answer without an end, and waits to be killed. */
const { engine, alive } = createPilotEngine();
const signal = new AbortController().signal;
await engine.load(PILOT, { profile: {}, signal, onProgress: () => {} });
process.send?.(alive()[0]);
const format = { type: 'array', items: { type: 'integer' }, minItems: 1000, maxItems: 1000 };
for await (const _part of engine.stream(
  { model: PILOT, messages: [{ role: 'user', content: 'Count' }], options: { format }, profile: {} },
  signal,
));
