import type { EngineView, ModelsView, ModelView } from '@pilotlight/contract';

import { formatShare, toSentence } from '../../ui/format.ts';

/** The heading of a new chat: true now, whatever now is. */
export function headingWords(view: ModelsView | undefined, model: ModelView | undefined, isAway = false): string {
  if (view === undefined) return isAway ? 'The server is away.' : 'Looking around.';
  if (model === undefined) return 'There is no model yet.';
  switch (model.phase) {
    case 'ready':
    case 'busy':
      return 'The pilot light is on.';
    case 'loading':
    case 'warming':
    case 'queued':
      return 'The pilot light is being lit.';
    case 'failed':
    case 'wedged':
      return 'The pilot light went out.';
    case 'unknown':
    case 'absent':
    case 'downloading':
    case 'cold':
    case 'draining':
    case 'unloading':
      return 'The pilot light is laid.';
  }
}

/** Why an engine is not reachable, and the next step. */
export function awayWords(engine: EngineView): string {
  const step = engine.kind === 'ollama' ? 'Start Ollama, or name its address in OLLAMA_HOST.' : 'Start it, or correct its address.';
  return `${toSentence(engine.reason)} ${step}`.trim();
}

/** One line about what was found: memory, engines, models. */
export function foundWords(view: ModelsView | undefined, isAway = false): string {
  if (view === undefined)
    return isAway ? 'A message can be written now; it is sent when the server is back.' : 'Asking the server what is there.';
  const { memory, models, engines } = view;
  const facts = [
    memory.total_bytes > 0 ? `${formatShare(memory.free_bytes, memory.total_bytes)} of memory free` : undefined,
    ...engines.map((engine) => engineWords(engine, view)),
    models.length === 0 && engines.length === 0 ? 'no model' : undefined,
  ];
  return `Found: ${listWords(facts.filter((fact) => fact !== undefined))}.`;
}

function engineWords(engine: EngineView, { models }: ModelsView): string | undefined {
  const count = models.filter((model) => model.engine === engine.id).length;
  const counted = count === 0 ? 'no model' : `${count} ${count === 1 ? 'model' : 'models'}`;
  if (engine.kind === 'llama.cpp') return `the built-in engine with ${counted}`;
  const address = engine.address.replace(/^https?:\/\//, '');
  const name = engine.kind === 'ollama' ? 'Ollama' : 'an OpenAI-compatible server';
  return engine.reachable ? `${name} on ${address} with ${counted}` : `no answer from ${name} on ${address}`;
}

function listWords(facts: readonly string[]): string {
  return new Intl.ListFormat('en', { type: 'conjunction' }).format(facts);
}
