/** The tabs of one browser that show the same server. */
export interface Tabs {
  /**
   * Calls `lead` once no other tab leads any more; this tab leads until `signal` is aborted or it is closed. Where a browser has no such
   * locks, every tab leads itself, at once.
   */
  becomeLeader(signal: AbortSignal, lead: () => void): void;
  /** Sends to all other tabs. */
  post(message: unknown): void;
  onMessage(listener: (message: unknown) => void): Disposable;
}
