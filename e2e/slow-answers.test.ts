import { createTemporaryFolder, startFakeEngine, type FakeEngine } from '@pilotlight/test-kit';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

import { launchBrowser } from './browser.ts';
import { startRealServer, type RealServer } from './real-server.ts';
import { ask, lastAnswer, openWatched, say, textOf, waitForEnd } from './watched-page.ts';

/** Takes 8 s at the speed of the engine here: time enough to look into its middle. */
const LONG = 'Count to 200';
const WHOLE = Array.from({ length: 200 }, (_, index) => index + 1).join(' ');
/** Nobody waits for its end here. */
const LONG_LOAD_MS = 100_000;
const stack = new AsyncDisposableStack();
let browser: Browser;
let engine: FakeEngine;
let server: RealServer;

beforeAll(async () => {
  browser = await launchBrowser();
  stack.defer(() => browser.close());
  engine = stack.use(
    await startFakeEngine({
      models: [{ name: 'slow:latest' }, { name: 'cold:latest', loadMs: LONG_LOAD_MS }],
      tokensPerSecond: 25,
      maxLoaded: 2,
    }),
  );
  const folder = stack.use(await createTemporaryFolder());
  server = stack.use(await startRealServer(folder.path, { OLLAMA_HOST: engine.url, OLLAMA_MODEL: 'slow:latest' }));
});
afterAll(() => stack.disposeAsync());
afterEach(() => engine.control.clear());

async function openChat(expected: readonly RegExp[] = []) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  return { context, ...(await openWatched(context, server.url, expected)) };
}

async function waitForWords(page: Page, words: string): Promise<void> {
  await lastAnswer(page).locator('.prose', { hasText: words }).waitFor();
}

async function choose(page: Page, model: string): Promise<void> {
  await page.getByRole('button', { name: /^Model:/ }).click();
  await page
    .getByRole('textbox', { name: 'Find a model' })
    .or(page.getByRole('searchbox', { name: 'Find a model' }))
    .fill(model);
  await page
    .getByRole('dialog', { name: 'Choose a model' })
    .getByRole('button', { name: new RegExp(`^${model}:`) })
    .waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: new RegExp(`^Model: ${model}:`) }).waitFor();
}

describe('an answer in the making', () => {
  it('goes on over a reload in its middle, every word once', async () => {
    const { context, page, complaints } = await openChat();
    await say(page, LONG);
    await waitForWords(page, ' 20 ');
    await page.reload();
    await waitForEnd(page);
    expect(await textOf(page)).toBe(WHOLE);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('stops on Esc, frees the engine, and keeps what was written', async () => {
    const { context, page, complaints } = await openChat();
    await say(page, LONG);
    await waitForWords(page, ' 10 ');
    await page.getByRole('textbox', { name: 'Message' }).press('Escape');
    await lastAnswer(page).getByText('Stopped here').waitFor();
    expect(WHOLE.startsWith(await textOf(page))).toBe(true);
    await expect.poll(async () => (await engine.control.state()).events.some(({ type }) => type === 'left')).toBe(true);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('takes a message meanwhile and sends it when the answer has ended', async () => {
    const { context, page, complaints } = await openChat([/409/]);
    await say(page, 'Count to 150');
    await waitForWords(page, ' 3 ');
    await say(page, 'What is 2 + 2?');
    await page.getByText('Sent after the answer above').waitFor();
    await lastAnswer(page).getByText('4', { exact: true }).waitFor();
    await expect.poll(() => page.locator('article.ask').count()).toBe(2);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('does not move what is read when the reader has scrolled up', async () => {
    const { context, page } = await openChat();
    // Each of them fills the window anew, so that there is something to scroll.
    for (const count of [10, 11, 12]) await ask(page, `${'Some context. '.repeat(120)} Count to ${count}`);
    await say(page, LONG);
    await page.locator('article.answer').nth(3).waitFor();
    await waitForWords(page, ' 5 ');
    const scroller = page.locator('.scroll');
    await scroller.evaluate((element) => element.scrollBy(0, -200));
    // Its name changes when the answer ends.
    const toEnd = page.getByRole('button', { name: /^(Newest words|To the end)$/ });
    await toEnd.waitFor();
    const top = await scroller.evaluate((element) => element.scrollTop);
    await waitForWords(page, ' 60 ');
    expect(await scroller.evaluate((element) => element.scrollTop)).toBe(top);
    // The page moves under a pointer while words come; a key does not miss.
    await toEnd.press('Enter');
    await toEnd.waitFor({ state: 'detached' });
    await expect
      .poll(() => scroller.evaluate((element) => element.scrollHeight - element.clientHeight - element.scrollTop))
      .toBeLessThan(3);
    await context.close();
  });
});

describe('a model that loads', () => {
  it('says so in words, and lets another one answer instead', async () => {
    const { context, page, complaints } = await openChat();
    await choose(page, 'cold');
    await say(page, 'What is 2 + 2?');
    await page
      .getByText(/^Loading cold:latest/)
      .first()
      .waitFor();
    await page.getByText('Your message is kept.').first().waitFor();
    await page.getByRole('button', { name: /^Answer with .+ now$/ }).click();
    await lastAnswer(page).getByText('4', { exact: true }).waitFor();
    await page.getByText('2 of 2', { exact: true }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('an answer that breaks', () => {
  it('says what happened, keeps the question, and answers when asked again', async () => {
    const { context, page, complaints } = await openChat();
    await engine.control.fault({ kind: 'end', after: 12 });
    await say(page, LONG);
    await lastAnswer(page)
      .getByText(/^Cut off: .* words were kept\./)
      .waitFor();
    expect(WHOLE.startsWith(await textOf(page))).toBe(true);
    await lastAnswer(page).getByRole('button', { name: 'Copy details' }).waitFor();
    await engine.control.clear();
    await lastAnswer(page).getByRole('button', { name: 'Regenerate' }).click();
    await page.getByText('2 of 2', { exact: true }).waitFor();
    await waitForEnd(page);
    expect(await textOf(page)).toBe(WHOLE);
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('two tabs of one browser', () => {
  it('stay in step when the one that reads for both is closed in the middle', async () => {
    const { context, page } = await openChat();
    await ask(page, 'What is 2 + 2?');
    const second = await openWatched(context, page.url());
    await waitForEnd(second.page);
    await say(second.page, LONG);
    await waitForWords(page, ' 10 ');
    await waitForWords(second.page, ' 10 ');
    await page.close();
    await waitForEnd(second.page);
    expect(await textOf(second.page)).toBe(WHOLE);
    expect(second.complaints).toEqual([]);
    await context.close();
  });
});

describe('a server that dies', () => {
  it('leaves the text on the page, comes back, and labels the answer as interrupted', async () => {
    const { context, page, complaints } = await openChat([/console: Failed to load resource/]);
    await say(page, LONG);
    await waitForWords(page, ' 20 ');
    await server.kill();
    await page.getByText('Reconnecting').waitFor();
    expect(await textOf(page)).toMatch(/^1 2 3 .* 20/);
    await page.getByRole('textbox', { name: 'Message' }).fill('A draft while the server is away');
    await server.restart();
    await page.getByText('Reconnecting').waitFor({ state: 'detached' });
    await lastAnswer(page)
      .getByText(/^Cut off: the server stopped while this was being written/)
      .waitFor();
    expect(WHOLE.startsWith(await textOf(page))).toBe(true);
    await expect.poll(() => page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('A draft while the server is away');
    await lastAnswer(page).getByRole('button', { name: 'Regenerate' }).click();
    await page.getByText('2 of 2', { exact: true }).waitFor();
    await waitForEnd(page);
    expect(await textOf(page)).toBe(WHOLE);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('gets a message that was sent while it was away, once', async () => {
    const { context, page, complaints } = await openChat([/console: Failed to load resource/]);
    await ask(page, 'Hello');
    await server.kill();
    await say(page, 'What is 2 + 2?');
    await page.getByText('The server did not answer').waitFor();
    await server.restart();
    await lastAnswer(page).getByText('4', { exact: true }).waitFor();
    const id = new URL(page.url()).pathname.split('/').at(-1);
    const view = (await (await fetch(`${server.url}/api/conversations/${id}`)).json()) as { messages: { role: string }[] };
    expect(view.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant']);
    await expect.poll(() => page.locator('article.ask').count()).toBe(2);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
