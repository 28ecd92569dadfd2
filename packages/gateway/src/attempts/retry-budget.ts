/**
 * Keeps retries from becoming a storm: of the requests under way, at most a fifth may be retrying, and three always may.
 */
export interface RetryBudget {
  /** A request is under way until the handle is disposed. */
  begin(): Disposable;
  /** The right to wait for one retry, given back when disposed; undefined: the budget is spent. */
  take(): Disposable | undefined;
}

const SHARE = 0.2;
const FLOOR = 3;

export function createRetryBudget(): RetryBudget {
  const requests = new Set<object>();
  const retries = new Set<object>();
  return {
    begin: () => hold(requests),
    take: () => (retries.size + 1 > Math.max(FLOOR, requests.size * SHARE) ? undefined : hold(retries)),
  };
}

function hold(holders: Set<object>): Disposable {
  const holder = {};
  holders.add(holder);
  return { [Symbol.dispose]: () => void holders.delete(holder) };
}
