import { Problem } from '@pilotlight/contract';

/** At most so many streams in all, and so many from one address. */
export interface StreamLimits {
  /** Takes a place, given back by disposing. Throws `too_many_streams`. */
  take(remote: string): Disposable;
}

export function createStreamLimits({ total, perRemote }: { total: number; perRemote: number }): StreamLimits {
  const open = new Map<string, Set<symbol>>();
  let count = 0;
  return {
    take(remote) {
      const mine = open.get(remote) ?? new Set();
      if (count >= total)
        throw new Problem('too_many_streams', `${total} streams are open, the most that this server keeps.`, { retryAfterSeconds: 5 });
      if (mine.size >= perRemote) {
        throw new Problem('too_many_streams', `${perRemote} streams are open to this address, the most for one.`, { retryAfterSeconds: 5 });
      }
      const place = Symbol('stream');
      mine.add(place);
      open.set(remote, mine);
      count += 1;
      return {
        [Symbol.dispose]() {
          if (!mine.delete(place)) return;
          count -= 1;
          if (mine.size === 0) open.delete(remote);
        },
      };
    },
  };
}
