/**
 * Whether something between server and client holds a stream back and passes it on in lumps, as proxies that buffer do. The server writes into the stream when
 * it sent what follows, as a comment of milliseconds since the stream began; the client notes when each came. Only differences count, so the clocks need not agree.
 */
export interface StreamStamp {
  readonly sentMs: number;
  readonly arrivedMs: number;
}

/** What came together although it was sent so far apart was held back. */
const HELD_MS = 3_000;
/** What comes within this came together. */
const TOGETHER_MS = 150;
/** Two stamps closer than this say nothing of the way they came. */
const SHORTEST_GAP_MS = 200;

/** More stamps of one connection than this are not kept: a stream of which none came in its time until then has long been judged. */
const MAX_STAMPS = 400;

/** Watches the comments of one connection. */
export interface HoldWatch {
  /** Takes a comment of the stream, when it came. */
  readonly take: (comment: string) => void;
  /** Whether the stream is seen to be held back; true once for each connection. Asked after each piece. */
  readonly look: () => boolean;
}

/** `nowMs`: a clock that never jumps. */
export function createHoldWatch(nowMs: () => number): HoldWatch {
  const stamps: StreamStamp[] = [];
  let isJudged = false;
  let isNew = false;
  return {
    take(comment) {
      const stamp = isJudged ? undefined : toStamp(comment, nowMs());
      if (stamp === undefined) return;
      isJudged = cameInTime(stamps.at(-1), stamp) || stamps.length >= MAX_STAMPS;
      stamps.push(stamp);
      isNew = true;
    },
    look() {
      if (isJudged || !isNew) return false;
      isNew = false;
      isJudged = isHeldBack(stamps);
      return isJudged;
    },
  };
}

/** The stamp in a comment of a stream, if it is one. */
export function toStamp(comment: string, arrivedMs: number): StreamStamp | undefined {
  return /^\d{1,12}$/.test(comment) ? { sentMs: Number(comment), arrivedMs } : undefined;
}

/**
 * Decides on all stamps of one connection in the order in which they came. Held back: a lump of what was sent over 3 s or more, and nothing that came in its
 * time. A network that stalls once, after it had worked or before it does, is not taken for that.
 */
export function isHeldBack(stamps: readonly StreamStamp[]): boolean {
  return !stamps.some((stamp, index) => cameInTime(stamps[index - 1], stamp)) && longestLumpMs(stamps) >= HELD_MS;
}

function cameInTime(before: StreamStamp | undefined, stamp: StreamStamp): boolean {
  if (before === undefined) return false;
  const sentGapMs = stamp.sentMs - before.sentMs;
  const arrivedGapMs = stamp.arrivedMs - before.arrivedMs;
  return sentGapMs >= SHORTEST_GAP_MS && arrivedGapMs >= sentGapMs / 2 && arrivedGapMs <= sentGapMs * 2 + SHORTEST_GAP_MS;
}

/** Over how long that was sent which came together. */
function longestLumpMs(stamps: readonly StreamStamp[]): number {
  let longest = 0;
  let first = 0;
  for (const [index, stamp] of stamps.entries()) {
    const before = stamps[index - 1];
    if (before === undefined || stamp.arrivedMs - before.arrivedMs > TOGETHER_MS) first = index;
    longest = Math.max(longest, stamp.sentMs - (stamps[first]?.sentMs ?? stamp.sentMs));
  }
  return longest;
}

/** What is said where `isHeldBack` says so. */
export const HELD_BACK = {
  title: 'Answers come in one piece',
  detail: 'A proxy between here and the server holds the answer back and passes it on in lumps. Nothing of it is lost.',
  remedy: 'Turn off buffering for this server in the proxy; in nginx: proxy_buffering off.',
} as const;
