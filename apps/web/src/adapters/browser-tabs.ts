import type { Tabs } from '../api/tabs.ts';

const NAME = 'pilotlight';

/** Web Locks choose the leader; a lock is free again as soon as its tab is gone, however it went. */
export function createBrowserTabs(): Tabs {
  const channel = new BroadcastChannel(NAME);
  return {
    becomeLeader(signal, lead) {
      const locks = (navigator as Partial<Navigator>).locks;
      if (locks === undefined) {
        lead();
        return;
      }
      const ended = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
      locks
        .request(NAME, { signal }, () => {
          lead();
          return ended;
        })
        .catch(() => undefined); // Aborted while waiting: somebody else leads.
    },
    // A channel, unlike a window, reaches pages of its own origin only and takes no target.
    // oxlint-disable-next-line unicorn/require-post-message-target-origin
    post: (message) => channel.postMessage(message),
    onMessage(listener) {
      const receive = (event: MessageEvent): void => listener(event.data);
      channel.addEventListener('message', receive);
      return { [Symbol.dispose]: () => channel.removeEventListener('message', receive) };
    },
  };
}
