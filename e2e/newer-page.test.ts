import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { launchBrowser } from './browser.ts';
import { SCENARIOS } from './scripted-server/scenarios/all.ts';
import { startScriptedServer, type ScriptedServer } from './scripted-server/scripted-server.ts';
import { openWatched } from './watched-page.ts';

const stack = new AsyncDisposableStack();
let browser: Browser;
let server: ScriptedServer;

beforeAll(async () => {
  browser = await launchBrowser();
  stack.defer(() => browser.close());
  server = stack.use(await startScriptedServer());
});
afterAll(() => stack.disposeAsync());

/** A page whose shell is kept, as it is at the first visit. */
async function openKept() {
  server.play(SCENARIOS['thread']!);
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const watched = await openWatched(context, `${server.url}/c/c-1`);
  await watched.page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready;
    Object.assign(globalThis, { before: active });
  });
  return { context, ...watched };
}

/** Asks the server for a newer worker, and waits until it is the one. */
async function takeUpdate(page: Page): Promise<void> {
  await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
  await page.waitForFunction(async () => {
    const { active } = await navigator.serviceWorker.ready;
    return active?.state === 'activated' && active !== (globalThis as unknown as { before: unknown }).before;
  });
}

describe('an update of the server', () => {
  it('is said by a page that is open, and never loaded behind the back of whoever writes there', async () => {
    const { context, page, complaints } = await openKept();
    await page.getByRole('textbox', { name: 'Message' }).fill('A draft');
    server.update('page');
    await takeUpdate(page);
    await page.getByText('The server has a newer version of this page').waitFor();
    expect(await page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('A draft');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('is not said where the page is the same', async () => {
    const { context, page, complaints } = await openKept();
    server.update('worker');
    await takeUpdate(page);
    // What the page looks up to decide this has been looked up once this has.
    await page.evaluate(async () => {
      for (const name of [...(await caches.keys()), ...(await caches.keys())]) await (await (await caches.open(name)).match('/'))?.text();
      await new Promise((shown) => requestAnimationFrame(() => setTimeout(shown)));
    });
    expect(await page.getByText('The server has a newer version of this page').count()).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
