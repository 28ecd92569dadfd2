import { cachesToDelete, isAway, toCacheName, toShellAction } from '../shell-plan.ts';

/** Set when the page is built: a digest of the files, and their addresses. */
declare const SHELL_VERSION: string;
declare const SHELL_FILES: readonly string[];

/** What a service worker has of the browser; the types of pages do not know it. */
interface Worker {
  readonly location: { readonly origin: string };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: { waitUntil(work: Promise<unknown>): void }) => void): void;
  addEventListener(
    type: 'fetch',
    listener: (event: { readonly request: Request; respondWith(answer: Promise<Response>): void }) => void,
  ): void;
}

const worker = globalThis as unknown as Worker;
const CACHE = toCacheName(SHELL_VERSION);
const PAGE = '/';
/** A server that is there sends a file of its disk within this time; else the page that was kept opens and goes on asking. */
const PATIENCE_MS = 5000;

worker.addEventListener('install', (event) => event.waitUntil(keepAll().then(() => worker.skipWaiting())));
// No page that is open is taken over: one that is just loading would fetch again what the browser has fetched ahead. What such a page needs later, keepAll has
// brought into the cache of the browser.
worker.addEventListener('activate', (event) => event.waitUntil(forgetOld()));
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  switch (toShellAction({ method: request.method, url: request.url, mode: request.mode, origin: worker.location.origin })) {
    case 'page':
      event.respondWith(openPage(request));
      break;
    case 'asset':
      event.respondWith(openAsset(request));
      break;
    case 'mark':
      event.respondWith(openMark(request));
      break;
    case 'none':
      break; // As if this worker were not there.
  }
});

async function keepAll(): Promise<void> {
  const cache = await caches.open(CACHE);
  // The names of assets say what is in them; the others are asked of the server, whatever the browser holds.
  await cache.addAll(SHELL_FILES.map((path) => new Request(path, path.startsWith('/assets/') ? {} : { cache: 'no-cache' })));
}

async function forgetOld(): Promise<void> {
  await Promise.all(cachesToDelete(await caches.keys(), CACHE).map((name) => caches.delete(name)));
}

async function openPage(request: Request): Promise<Response> {
  const kept = async (): Promise<Response | undefined> => (await caches.open(CACHE)).match(PAGE, { ignoreVary: true });
  try {
    const response = await withPatience(fetch(request));
    return (isAway(response.status) ? await kept() : undefined) ?? response;
  } catch (error) {
    const page = await kept();
    if (page === undefined) throw error;
    return page;
  }
}

function withPatience(response: Promise<Response>): Promise<Response> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('no answer in time')), PATIENCE_MS);
    response.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

async function openAsset(request: Request): Promise<Response> {
  const kept = await caches.match(request, { ignoreVary: true });
  if (kept !== undefined) return kept;
  const response = await fetch(request);
  if (response.status === 200) await (await caches.open(CACHE)).put(request, response.clone());
  return response;
}

async function openMark(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(request, { ignoreVary: true });
    if (kept === undefined) throw error;
    return kept;
  }
}
