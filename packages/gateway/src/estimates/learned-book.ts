import type { Clock, LearnedFigure, LearnedFigures } from '@pilotlight/contract';

import type { Log } from '../log.ts';
import { createSample } from './sample.ts';
import type { Sample } from './sample.ts';

const SAMPLES = ['loadedBytes', 'loadMs', 'warmMs', 'answerMs', 'firstTokenMs', 'tokensPerSecond', 'promptTokenMs', 'gapMs'] as const;
type SampleName = (typeof SAMPLES)[number];

/** What was measured of one model with one launch profile on one engine. */
export type Figures = { readonly [Name in SampleName]: Sample } & {
  /** Of what its last load took: what lay in graphics memory; undefined if its engine did not tell. */
  gpuBytes: number | undefined;
};

/** What was learned of all models, kept from one run to the next where there is a store. Everything is read from memory. */
export interface LearnedBook extends Disposable {
  /** The figures under this key, to be read and added to; call `changed` after adding. */
  of(key: string): Figures;
  /** What was kept of an engine as a whole, as its writer wrote it. */
  note(engine: string): string | undefined;
  keepNote(engine: string, text: string): void;
  /** They are written a little later, together with all that changed until then. */
  changed(key: string): void;
  /** Takes what is stored: earlier measurements come before those made since. Never rejects; a row that makes no sense is left out, and that is logged. */
  read(): Promise<void>;
}

export interface LearnedBookOptions {
  readonly store: LearnedFigures | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** Keys of figures begin with a bracket. */
const NOTE = 'memory of ';
/** So long after a change it is written, so that a busy server writes once for many answers. */
const LAZY_MS = 5_000;

export function createLearnedBook({ store, clock, log }: LearnedBookOptions): LearnedBook {
  const figures = new Map<string, Figures>();
  const notes = new Map<string, string>();
  const dirty = new Set<string>();
  let timer: Disposable | undefined;
  let isOver = false;

  function of(key: string): Figures {
    const known = figures.get(key);
    if (known) return known;
    const created = createFigures();
    figures.set(key, created);
    return created;
  }

  async function write(): Promise<void> {
    timer = undefined;
    const rows = [...dirty].map((key): LearnedFigure => ({ key, value: notes.get(key) ?? JSON.stringify(toRow(of(key))) }));
    dirty.clear();
    try {
      await store?.keepLearned(rows);
    } catch (cause) {
      if (isOver) return;
      log({ level: 'warn', name: 'fault', doing: 'keeping what was learned of models', cause });
    }
  }

  function change(key: string): void {
    if (!store || isOver) return;
    dirty.add(key);
    timer ??= clock.after(LAZY_MS, () => void write());
  }

  function take({ key, value }: LearnedFigure): void {
    // What was noted since is newer.
    if (key.startsWith(NOTE)) return void (notes.has(key) || notes.set(key, value));
    const row = parseRow(value);
    if (!row) {
      const cause = new Error(`what was kept under ${key} makes no sense and is left out`);
      return log({ level: 'warn', name: 'fault', doing: 'reading what was learned of models', cause });
    }
    const known = of(key);
    for (const name of SAMPLES) known[name].precede(row[name] ?? []);
    known.gpuBytes ??= row.gpuBytes;
  }

  return {
    of,
    note: (engine) => notes.get(NOTE + engine),
    keepNote(engine, text) {
      notes.set(NOTE + engine, text);
      change(NOTE + engine);
    },
    changed: change,
    async read() {
      try {
        for (const row of (await store?.learned()) ?? []) take(row);
      } catch (cause) {
        log({ level: 'warn', name: 'fault', doing: 'reading what was learned of models', cause });
      }
    },
    [Symbol.dispose]() {
      isOver = true;
      timer?.[Symbol.dispose]();
    },
  };
}

/** Figures of which nothing is known yet. */
export function createFigures(): Figures {
  const samples = Object.fromEntries(SAMPLES.map((name) => [name, createSample()])) as { readonly [Name in SampleName]: Sample };
  return { ...samples, gpuBytes: undefined };
}

type Row = { readonly [Name in SampleName]?: readonly number[] } & { readonly gpuBytes?: number };

function toRow(figures: Figures): Row {
  const samples = SAMPLES.filter((name) => figures[name].count > 0).map((name) => [name, figures[name].values()]);
  return { ...Object.fromEntries(samples), ...(figures.gpuBytes !== undefined && { gpuBytes: figures.gpuBytes }) };
}

/** Undefined for whatever this program did not write. */
function parseRow(text: string): Row | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const fields = value as Readonly<Record<string, unknown>>;
  const areNumbers = SAMPLES.every((name) => fields[name] === undefined || isSample(fields[name]));
  return areNumbers && (fields['gpuBytes'] === undefined || isFigure(fields['gpuBytes'])) ? fields : undefined;
}

function isSample(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(isFigure);
}

function isFigure(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
