import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';

import { useProduct } from './use-product.ts';
import { ask, openWatched, say, textOf, waitForEnd } from './watched-page.ts';

const product = useProduct();

/** A page whose browser has kept the shell. */
async function openKept(expected: readonly RegExp[] = []) {
  const context = await product.browser.newContext({ viewport: { width: 1440, height: 900 } });
  const watched = await openWatched(context, product.server.url, expected);
  await watched.page.evaluate(async () => void (await navigator.serviceWorker.ready));
  // It is there for the next visit.
  await watched.page.reload();
  await watched.page.waitForFunction(() => navigator.serviceWorker.controller !== null);
  await watched.page.getByRole('textbox', { name: 'Message' }).waitFor();
  return { context, ...watched };
}

/** The addresses of all that the browser has kept. */
async function keptAddresses(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    const names = await caches.keys();
    const lists = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return lists.flat().map(({ url }) => new URL(url).pathname);
  });
}

describe('the page without its server', () => {
  it('opens, says so, takes a message, and sends it once when the server is back', async () => {
    const { context, page, complaints } = await openKept([/Failed to load resource/]);
    await ask(page, 'What is 2 + 1?');
    await product.server.kill();
    await page.goto(product.server.url);
    await page.getByText('The server does not answer. What you write is kept in this browser').waitFor();
    await page.getByText('The server is away.').waitFor();
    await say(page, 'What is 2 + 2?');
    await page.getByText('Your message is kept in this browser and sent again by itself').waitFor();
    await page.getByRole('textbox', { name: 'Message' }).fill('A draft');
    await page.reload();
    await page.getByText('What is 2 + 2?').first().waitFor();
    await product.server.restart();
    await page.getByText('Server away', { exact: true }).waitFor({ state: 'detached' });
    await waitForEnd(page);
    expect(await textOf(page)).toMatch(/\b4\b/);
    await expect.poll(() => page.locator('article.ask').count()).toBe(1);
    await expect.poll(() => page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('A draft');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('shows a chat by its address once the server is back', async () => {
    const { context, page } = await openKept();
    await ask(page, 'What is 3 + 1?');
    await product.server.kill();
    await page.reload();
    await page.getByText('Server away', { exact: true }).waitFor();
    await product.server.restart();
    await waitForEnd(page);
    expect(await textOf(page)).toMatch(/\b4\b/);
    await context.close();
  });
});

describe('what the browser keeps', () => {
  it('is the shell, and nothing that anybody wrote', async () => {
    const { context, page, complaints } = await openKept();
    await ask(page, 'What is 2 + 2?');
    await expect.poll(() => keptAddresses(page)).toContain('/');
    const kept = await keptAddresses(page);
    expect(kept.filter((address) => !/^\/(?:$|assets\/|flames\/|icon|manifest)/.test(address))).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('is never shown while the server answers', async () => {
    const { context, page } = await openKept();
    await page.evaluate(async () => {
      for (const name of await caches.keys())
        await (await caches.open(name)).put('/', new Response('<title>An old page</title>', { headers: { 'content-type': 'text/html' } }));
    });
    await page.reload();
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
    await product.server.kill();
    await page.reload();
    await expect.poll(() => page.title()).toBe('An old page');
    await product.server.restart();
    await context.close();
  });
});

describe('a first visit', () => {
  it('is not taken over while it is open, which once made browsers fetch twice, and has all its parts when the server goes', async () => {
    const { context, page, complaints } = await product.openChat([/Failed to load resource/]);
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    expect(await page.evaluate(() => navigator.serviceWorker.controller)).toBe(null);
    await product.server.kill();
    await page.getByText('Reconnecting').waitFor();
    // This part was not needed until now.
    await page.getByRole('button', { name: 'Details', exact: true }).click();
    await page.getByRole('complementary', { name: 'Details' }).getByText('Parameters').waitFor();
    await product.server.restart();
    await page.reload();
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('an address where nothing is', () => {
  it('is said by the page, with the way back', async () => {
    const context = await product.browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    const response = await page.goto(`${product.server.url}/nope`);
    expect(response?.status()).toBe(404);
    await page.getByRole('heading', { name: 'There is no page at this address' }).waitFor();
    await page.getByRole('button', { name: 'New chat' }).click();
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
    await context.close();
  });
});
