import { createTemporaryFolder } from '@pilotlight/test-kit';
import type { Browser, BrowserContext, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

import { launchBrowser } from './browser.ts';
import { startRealServer, type RealServer } from './real-server.ts';
import { openWatched, type Watched } from './watched-page.ts';

export interface UseProductOptions {
  /** Waits until the model has given an answer: one that is slowed down while it loads would take too long. */
  readonly isWarm?: boolean;
  /** What the windows of `openChat` have, beside the usual size. */
  readonly window?: BrowserContextOptions;
}

/** A browser and the product for the tests of one file. Nothing of it is there before the tests begin. */
export interface Product {
  readonly browser: Browser;
  readonly server: RealServer;
  /** Opens the page in a browser context of its own. `expected`: errors of the page that belong to the test. */
  openChat(expected?: readonly RegExp[]): Promise<Watched & { readonly context: BrowserContext }>;
}

/** Starts a browser and the product before the tests of a file, and ends both after them. */
export function useProduct({ isWarm = false, window }: UseProductOptions = {}): Product {
  const stack = new AsyncDisposableStack();
  let browser: Browser;
  let server: RealServer;

  beforeAll(async () => {
    browser = await launchBrowser();
    stack.defer(() => browser.close());
    server = stack.use(await startRealServer(stack.use(await createTemporaryFolder()).path));
    if (isWarm) await warmUp(server.url);
  });
  afterAll(() => stack.disposeAsync());

  return {
    get browser() {
      return browser;
    },
    get server() {
      return server;
    },
    async openChat(expected = []) {
      const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...window });
      return { context, ...(await openWatched(context, server.url, expected)) };
    },
  };
}

async function warmUp(url: string): Promise<void> {
  const response = await fetch(`${url}/api/chat/message`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: 'Hello' }),
  });
  await response.arrayBuffer();
}
