import { Worker } from 'node:worker_threads';

import type { PdfText } from '@pilotlight/chat';
import { Problem } from '@pilotlight/contract';

export interface PdfLimits {
  readonly timeoutMs: number;
  /** Of the memory that the whole process takes beyond what it took before. */
  readonly mostBytes: number;
  readonly mostPages: number;
  readonly mostCharacters: number;
  /** So many may wait while one is read. */
  readonly mostWaiting: number;
}

/** What the thread is given. */
export interface PdfTask extends Pick<PdfLimits, 'mostPages' | 'mostCharacters'> {
  readonly bytes: Uint8Array;
}

/** What the thread says. */
export type PdfReply = ({ readonly outcome: 'read' } & PdfText) | { readonly outcome: 'locked' | 'damaged' };

const MEBIBYTE = 2 ** 20;
const DEFAULT_LIMITS: PdfLimits = {
  timeoutMs: 20_000,
  mostBytes: 384 * MEBIBYTE,
  mostPages: 2000,
  mostCharacters: 2_000_000,
  mostWaiting: 8,
};
/** How often memory is looked at: a stream that unpacks itself without end fills some 20 MiB meanwhile. */
const LOOK_MS = 50;

const WORDS = {
  locked: 'The PDF is locked with a password.',
  damaged: 'The PDF is damaged: it cannot be read.',
} as const;

/**
 * Reads the text of PDFs, one after the other, each in a thread of its own that is ended when it takes too long or too much memory: a file that was made to
 * harm costs a bounded amount of both. Nothing in a file is run.
 */
export function createPdfReader(limits: Partial<PdfLimits> = {}): (bytes: Uint8Array) => Promise<PdfText> {
  const all = { ...DEFAULT_LIMITS, ...limits };
  let last: Promise<unknown> = Promise.resolve();
  let waiting = 0;
  return async (bytes) => {
    if (waiting >= all.mostWaiting) throw new Problem('queue_full', 'Other PDFs are being read.', { retryAfterSeconds: 5 });
    waiting += 1;
    const reading = last.then(() => readOne(bytes, all));
    last = reading.catch(() => undefined).finally(() => (waiting -= 1));
    return reading;
  };
}

async function readOne(bytes: Uint8Array, limits: PdfLimits): Promise<PdfText> {
  const { mostPages, mostCharacters } = limits;
  const task: PdfTask = { bytes: Uint8Array.from(bytes), mostPages, mostCharacters };
  const worker = new Worker(new URL('pdf-worker.ts', import.meta.url), {
    workerData: task,
    resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 32, stackSizeMb: 4 },
    // It needs nothing of ours, and its warnings are for nobody.
    env: {},
    execArgv: ['--disable-warning=ExperimentalWarning'],
    stdout: true,
    stderr: true,
  });
  try {
    return toText(await outcomeOf(worker, limits));
  } finally {
    await worker.terminate();
  }
}

type End = PdfReply | { readonly outcome: 'late' | 'large' };

function outcomeOf(worker: Worker, { timeoutMs, mostBytes }: PdfLimits): Promise<End> {
  const { promise, resolve } = Promise.withResolvers<End>();
  const before = process.memoryUsage.rss();
  const timer = setTimeout(() => resolve({ outcome: 'late' }), timeoutMs);
  const look = setInterval(() => {
    if (process.memoryUsage.rss() - before > mostBytes) resolve({ outcome: 'large' });
  }, LOOK_MS);
  worker.once('message', (reply: PdfReply) => resolve(reply));
  worker.once('error', (error: NodeJS.ErrnoException) =>
    resolve({ outcome: error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'large' : 'damaged' }),
  );
  worker.once('exit', () => resolve({ outcome: 'damaged' }));
  return promise.finally(() => {
    clearTimeout(timer);
    clearInterval(look);
  });
}

function toText(end: End): PdfText {
  switch (end.outcome) {
    case 'read':
      return { pages: end.pages, pagesRead: end.pagesRead, text: end.text };
    case 'late':
      throw new Problem('attachment_refused', 'The PDF took too long to read.');
    case 'large':
      throw new Problem('attachment_refused', 'The PDF takes too much memory to read.');
    case 'locked':
    case 'damaged':
      throw new Problem('attachment_refused', WORDS[end.outcome]);
  }
}
