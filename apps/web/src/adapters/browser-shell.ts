import type { Shell } from '../offline/shell.ts';

/** Pages that came over plain HTTP from another machine have no service worker; they work without a kept shell. */
export function createBrowserShell(): Shell {
  const workers = (navigator as Partial<Navigator>).serviceWorker;
  let registration: ServiceWorkerRegistration | undefined;
  async function register(container: ServiceWorkerContainer): Promise<void> {
    try {
      registration = await container.register('/sw.js', { updateViaCache: 'none' });
    } catch {
      // Private windows and strict settings refuse it. The page does without.
    }
  }
  return {
    keep(onNewer) {
      if (workers === undefined || !import.meta.env.PROD) return;
      let isFirst = workers.controller === null;
      workers.addEventListener('controllerchange', () => {
        if (!isFirst) onNewer();
        isFirst = false;
      });
      // What is kept for later does not compete with what is needed now.
      if (document.readyState === 'complete') void register(workers);
      else window.addEventListener('load', () => void register(workers), { once: true });
    },
    check: () => void registration?.update().catch(() => undefined),
  };
}
