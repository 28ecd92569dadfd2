import { Problem, toWireProfile, withTag } from '@pilotlight/contract';
import type { Gateway, GatewayEvent, GatewayPart, GenerateRequest, ModelView, Receipt } from '@pilotlight/contract';

export const AT = '2026-01-01T00:00:00.000Z';

/** A model as a test wants it. */
export function toModelView(change: Partial<ModelView> = {}): ModelView {
  return {
    name: 'pilot:latest',
    engine: 'llama.cpp',
    provider: 'llama.cpp',
    health: true,
    phase: 'ready',
    ready: true,
    reason: 'Gave a token.',
    since: AT,
    active: 0,
    queued: 0,
    default: true,
    capabilities: ['completion'],
    continues: 'yes',
    metrics: { answers: 0, failures: 0, loads: 1 },
    ...change,
  };
}

export const RECEIPT: Receipt = {
  model: 'pilot:latest',
  engine: 'llama.cpp',
  task: 'chat',
  started_at: AT,
  queue_ms: 0,
  load_ms: 0,
  total_ms: 5,
  attempts: [],
  seams: [],
};

export type Script = (request: GenerateRequest, signal: AbortSignal) => AsyncIterable<GatewayPart>;

export async function* sayFour(): AsyncGenerator<GatewayPart> {
  yield { type: 'text', text: '2 + 2 ' };
  yield { type: 'text', text: 'is 4.' };
  yield { type: 'finish', reason: 'stop', receipt: RECEIPT };
}

export interface ScriptedGateway extends Gateway {
  /** What `generate` does from now on. */
  script: Script;
  readonly loads: string[];
  emit(event: GatewayEvent): void;
}

/** A gateway whose every move a test decides. */
export function createScriptedGateway(models: readonly ModelView[] = [toModelView()]): ScriptedGateway {
  const listeners = new Set<(event: GatewayEvent) => void>();
  const loads: string[] = [];
  const find = (name: string): ModelView | undefined => models.find((model) => model.name === withTag(name));
  const must = (name: string): ModelView => {
    const model = find(name);
    if (!model) throw new Problem('model_not_found', `No engine has "${name}".`);
    return model;
  };
  const gateway: ScriptedGateway = {
    script: sayFour,
    loads,
    emit(event) {
      for (const listener of listeners) listener(event);
    },
    models: () => ({
      models: [...models],
      engines: [{ id: 'llama.cpp', kind: 'llama.cpp', address: 'built in', reachable: true, reason: 'Built in.', since: AT }],
      memory: { total_bytes: 8e9, free_bytes: 4e9, resident: [] },
      default_model: 'pilot:latest',
    }),
    model: find,
    modelFor: (_task, model) => find(model ?? 'pilot:latest'),
    placeFor(_task, model) {
      const view = find(model ?? 'pilot:latest');
      return view && { model: view.name, isFree: view.ready && view.active === 0 };
    },
    whyNotFormat: () => undefined,
    plan: (name, change) => ({
      ...(change && { profile: toWireProfile(change) }),
      model: must(name).name,
      engine: must(name).engine,
      verdict: 'fits',
      reason: 'needs 1 GB; 4 GB free',
      needs: { bytes: 1e9, basis: 'measured at an earlier load' },
      free: { bytes: 4e9, basis: 'what this machine has free of 8 GB' },
      unload: [],
      pinned: [],
    }),
    load(name) {
      const model = must(name);
      loads.push(model.name);
      return model;
    },
    ensureReady: async (name) => must(name),
    unload: must,
    countTokens: () => Promise.resolve(undefined),
    setPinned: async (name, isPinned) => ({ ...must(name), pinned: isPinned }),
    generate(request, signal) {
      if (request.model !== undefined) must(request.model);
      return gateway.script(request, signal);
    },
    subscribe(listener) {
      listeners.add(listener);
      return { [Symbol.dispose]: () => void listeners.delete(listener) };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  return gateway;
}
