import { toNewestCache } from '../offline/shell-plan.ts';
import type { Shell } from '../offline/shell.ts';

/** Pages that came over plain HTTP from another machine have no service worker; they work without a kept shell. */
export function createBrowserShell(): Shell {
  const workers = (navigator as Partial<Navigator>).serviceWorker;
  let registration: ServiceWorkerRegistration | undefined;
  async function register(container: ServiceWorkerContainer, onNewer: () => void): Promise<void> {
    try {
      registration = await container.register('/sw.js', { updateViaCache: 'none' });
      const { installing } = registration;
      if (installing !== null) watchWorker(installing, onNewer);
      registration.addEventListener('updatefound', () => {
        if (registration?.installing) watchWorker(registration.installing, onNewer);
      });
    } catch {
      // Private windows and strict settings refuse it. The page does without.
    }
  }
  return {
    keep(onNewer) {
      if (workers === undefined || !import.meta.env.PROD) return;
      // What is kept for later does not compete with what is needed now.
      if (document.readyState === 'complete') void register(workers, onNewer);
      else window.addEventListener('load', () => void register(workers, onNewer), { once: true });
    },
    check: () => void registration?.update().catch(() => undefined),
  };
}

/** Once a worker has kept its version: whether that is another page than the one that is shown. After an update of the server it may be the same. */
function watchWorker(worker: ServiceWorker, onNewer: () => void): void {
  worker.addEventListener('statechange', () => {
    if (worker.state === 'activated') void isShownKept().then((isKept) => (isKept ? undefined : onNewer()));
  });
}

/** Whether the newest page that is kept is made of the same files as this one. */
async function isShownKept(): Promise<boolean> {
  const newest = toNewestCache(await caches.keys());
  const kept = newest === undefined ? undefined : await (await caches.open(newest)).match('/', { ignoreVary: true });
  if (kept === undefined) return true;
  const text = await kept.text();
  const parts = document.head.querySelectorAll<HTMLScriptElement | HTMLLinkElement>('script[src], link[rel="stylesheet"][crossorigin]');
  return [...parts].every((part) => text.includes(new URL(part instanceof HTMLScriptElement ? part.src : part.href).pathname));
}
