import { EngineError } from '@pilotlight/contract';
import type { ModelDescription } from '@pilotlight/contract';
import type { Fields } from '@pilotlight/engine-http';

import type { OllamaClient } from './ollama-client.ts';
import type { TagEntry } from './to-model-description.ts';
import { toModelDescription, toTagEntries } from './to-model-description.ts';

/** What one Ollama has on its disk. */
export interface ModelCatalogue {
  list(signal: AbortSignal | undefined): Promise<readonly ModelDescription[]>;
  describe(model: string, signal: AbortSignal | undefined): Promise<ModelDescription>;
  /** What the last looks have shown, without asking. */
  readonly known: readonly ModelDescription[];
}

interface Remembered {
  readonly version: string;
  readonly description: ModelDescription;
}

interface Look {
  readonly signal: AbortSignal | undefined;
  /** One look at all models: once one question was not answered in time, the others are not asked, so that a slow server costs one limit and not many. */
  readonly round: { isHopeless: boolean };
}

const LIST_LIMIT_MS = 5_000;
const SHOW_LIMIT_MS = 5_000;
const SHOWS_AT_ONCE = 4;

const versionOf = (entry: TagEntry): string => `${entry.digest} ${entry.modifiedAt}`;

/** Remembers what `/api/show` said of a model until its digest or its date change. */
export function createModelCatalogue(client: OllamaClient, slots: number): ModelCatalogue {
  const remembered = new Map<string, Remembered>();

  async function readTags(signal: AbortSignal | undefined): Promise<TagEntry[]> {
    return toTagEntries(await client.ask({ path: '/api/tags', signal, limitMs: LIST_LIMIT_MS }));
  }

  async function show(model: string, signal: AbortSignal | undefined): Promise<Fields> {
    return client.ask({ path: '/api/show', body: JSON.stringify({ model }), model, signal, limitMs: SHOW_LIMIT_MS });
  }

  /** Undefined if the model has gone since it was listed. What cannot be shown now is described by what the list says, and asked for again next time. */
  async function look(entry: TagEntry, { signal, round }: Look): Promise<ModelDescription | undefined> {
    const known = remembered.get(entry.name);
    if (known?.version === versionOf(entry)) return known.description;
    if (round.isHopeless) return known?.description ?? toModelDescription(entry, {}, slots);
    try {
      const description = toModelDescription(entry, await show(entry.name, signal), slots);
      remembered.set(entry.name, { version: versionOf(entry), description });
      return description;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (error.failure === 'absent') return undefined;
      round.isHopeless ||= error.failure === 'unreachable';
      return known?.description ?? toModelDescription(entry, {}, slots);
    }
  }

  async function lookAtAll(entries: readonly TagEntry[], signal: AbortSignal | undefined): Promise<ModelDescription[]> {
    const found: (ModelDescription | undefined)[] = Array.from({ length: entries.length });
    let next = 0;
    const round = { isHopeless: false };
    const worker = async (): Promise<void> => {
      for (let index = next++; index < entries.length; index = next++) {
        const entry = entries[index];
        if (entry !== undefined) found[index] = await look(entry, { signal, round });
      }
    };
    await Promise.all(Array.from({ length: Math.min(SHOWS_AT_ONCE, entries.length) }, worker));
    return found.filter((description) => description !== undefined);
  }

  function forgetAllBut(entries: readonly TagEntry[]): void {
    const names = new Set(entries.map((entry) => entry.name));
    for (const name of remembered.keys()) if (!names.has(name)) remembered.delete(name);
  }

  return {
    async list(signal) {
      const entries = await readTags(signal);
      forgetAllBut(entries);
      return lookAtAll(entries, signal);
    },
    async describe(model, signal) {
      const entry = (await readTags(signal)).find(({ name }) => name === model);
      const description = entry === undefined ? undefined : await look(entry, { signal, round: { isHopeless: false } });
      if (description === undefined) throw new EngineError('absent', `Ollama has no model ${model}.`);
      return description;
    },
    get known() {
      return [...remembered.values()].map(({ description }) => description);
    },
  };
}
