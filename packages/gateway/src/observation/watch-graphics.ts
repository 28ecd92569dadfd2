import type { Clock, GpuReading, Machine } from '@pilotlight/contract';

import type { Log } from '../log.ts';
import { toCapacity } from '../memory/graphics.ts';
import type { GraphicsSupply } from '../memory/graphics.ts';
import { repeat } from './repeat.ts';

/** What the models of the engines here have in graphics memory, by our own account. */
export interface GraphicsHeld {
  readonly bytes: number;
  /** One is being loaded or unloaded: what the cards show now is neither before nor after. */
  readonly isMoving: boolean;
}

export interface GraphicsWatch extends Disposable {
  /** As it was read last. */
  readonly reading: GpuReading;
  /** What there is to count; undefined where that is nothing. */
  readonly supply: GraphicsSupply | undefined;
  /** Models may have come or gone. */
  noteMove(): void;
  /** Reads it now, if anybody can; resolves when it was read. */
  look(): Promise<void>;
}

export interface GraphicsOptions {
  readonly machine: Machine;
  readonly clock: Clock;
  readonly log: Log;
  readonly held: () => GraphicsHeld;
  /** It changed by an amount that can be seen, or why it is not known did. */
  readonly onChange: () => void;
}

const PERIOD_MS = 10_000;
/** Where there is nothing that can be counted: a driver may come up later. */
const NOTHING_PERIOD_MS = 60_000;
/** So long after a model came or went the cards show it. */
const SETTLED_MS = 3_000;
/** Where models come and go all the time, a reading in the middle of it is better than one that is so old. */
const OLDEST_MS = 60_000;
/** Of the total; what changes less is not worth a message. */
const VISIBLE_SHARE = 0.005;

/**
 * Reads the graphics cards every few seconds. What others have in them is what is in use beside our own models, and is taken from readings while none of
 * those comes or goes; so a plan goes by our own account in between, and waits for no reading.
 */
export function watchGraphics({ machine, clock, log, held, onChange }: GraphicsOptions): GraphicsWatch {
  let reading: GpuReading = { gpus: [] };
  let told = toSeen(reading);
  let supply: GraphicsSupply | undefined;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let takenAtMs = Number.NEGATIVE_INFINITY;
  let last: GraphicsHeld & { readonly movedAtMs: number } = { bytes: 0, isMoving: false, movedAtMs: Number.NEGATIVE_INFINITY };

  const loop = repeat({ clock, periodMs: machine.gpus ? PERIOD_MS : undefined, work });

  async function work(): Promise<void> {
    const isToBeCounted = supply !== undefined && Number.isFinite(supply.totalBytes);
    if (!isToBeCounted && clock.monotonic() - readAtMs < NOTHING_PERIOD_MS) return;
    await read();
  }

  async function read(): Promise<void> {
    noteMove();
    const before = last;
    try {
      reading = (await machine.gpus?.()) ?? reading;
    } catch (cause) {
      return log({ level: 'warn', name: 'fault', doing: 'graphics memory', cause });
    }
    readAtMs = clock.monotonic();
    noteMove();
    take(before === last && !last.isMoving && readAtMs - last.movedAtMs >= SETTLED_MS);
    tell();
  }

  function take(isQuiet: boolean): void {
    const capacity = toCapacity(reading);
    const isFirst = supply?.totalBytes !== capacity?.totalBytes;
    if (!capacity) supply = undefined;
    else if (isQuiet || isFirst || readAtMs - takenAtMs >= OLDEST_MS) {
      supply = { totalBytes: capacity.totalBytes, foreignBytes: Math.max(0, capacity.usedBytes - last.bytes) };
      takenAtMs = readAtMs;
    }
  }

  function noteMove(): void {
    if (!supply) return;
    const { bytes, isMoving } = held();
    if (bytes !== last.bytes || isMoving !== last.isMoving || isMoving) last = { bytes, isMoving, movedAtMs: clock.monotonic() };
  }

  function tell(): void {
    const now = toSeen(reading);
    if (now === told) return;
    told = now;
    onChange();
  }

  return {
    get reading() {
      return reading;
    },
    get supply() {
      return supply;
    },
    noteMove,
    look: () => loop.now(),
    [Symbol.dispose]: () => loop[Symbol.dispose](),
  };
}

/** As much of it as can be seen. */
function toSeen({ gpus, unknown }: GpuReading): string {
  const cards = gpus.map(({ totalBytes, freeBytes, ...gpu }) => [gpu, totalBytes, Math.round(freeBytes / (totalBytes * VISIBLE_SHARE))]);
  return JSON.stringify({ cards, unknown });
}
