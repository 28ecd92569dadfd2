import { describe, expect, it } from 'vitest';

import { childrenOf, slowDown } from './slow-process.ts';
import { useProduct } from './use-product.ts';
import { ask, lastAnswer, openWatched, say, textOf, waitForEnd } from './watched-page.ts';

/** A question to which the model that ships gives its longest answer: about 100 tokens. */
const LONG = 'Count to 50';
const product = useProduct();

/** The model that ships is too quick to be caught in the middle. */
function slowModel(): Disposable {
  const slowed = new DisposableStack();
  for (const pid of childrenOf(product.server.pid)) slowed.use(slowDown(pid));
  return slowed;
}

describe('the page with the model that ships', () => {
  it('answers what 2 + 2 is, with the facts of the answer beside it', async () => {
    const { context, page, complaints } = await product.openChat();
    await ask(page, 'What is 2 + 2?');
    expect(await textOf(page)).toMatch(/\b4\b/);
    expect(await lastAnswer(page).locator('.m').innerText()).toMatch(
      /pilot:latest\s[\d,.]+ (?:tokens?|tokens\/s)\s+first token .+\s+saw all \d+ tokens/,
    );
    expect(new URL(page.url()).pathname).toMatch(/^\/c\/[\w-]+$/);
    expect(await page.getByRole('textbox', { name: 'Message' }).inputValue()).toBe('');
    await page
      .getByRole('navigation', { name: 'Chats' })
      .getByRole('link', { name: /2 \+ 2/ })
      .waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('shows the same answer after a reload, and in a second tab', async () => {
    const { context, page, complaints } = await product.openChat();
    await ask(page, 'What is 2 + 2?');
    const text = await textOf(page);
    expect(text).toMatch(/\b4\b/);
    await page.reload();
    await waitForEnd(page);
    expect(await textOf(page)).toBe(text);
    const second = await openWatched(context, page.url());
    await waitForEnd(second.page);
    expect(await textOf(second.page)).toBe(text);
    expect([...complaints, ...second.complaints]).toEqual([]);
    await context.close();
  });

  it('stops in the middle and keeps what was written', async () => {
    const { context, page, complaints } = await product.openChat();
    using _slow = slowModel();
    await say(page, LONG);
    await lastAnswer(page).locator('.prose').first().waitFor();
    await page.getByRole('button', { name: 'Stop the answer (Esc)' }).click();
    await lastAnswer(page).getByText('Stopped here').waitFor();
    const kept = await textOf(page);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept).not.toMatch(/\b30\b/);
    await page.reload();
    await lastAnswer(page).getByText('Stopped here').waitFor();
    expect(await textOf(page)).toBe(kept);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('writes another version beside the first, and goes back to it', async () => {
    const { context, page, complaints } = await product.openChat();
    await ask(page, 'What is 5 + 1?');
    const first = await textOf(page);
    await lastAnswer(page).getByRole('button', { name: 'Regenerate' }).click();
    await page.getByText('2 of 2', { exact: true }).waitFor();
    await waitForEnd(page);
    await page.getByRole('button', { name: 'Version before' }).click();
    await page.getByText('1 of 2', { exact: true }).waitFor();
    await expect.poll(() => textOf(page)).toBe(first);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('edits the last question into a branch of its own', async () => {
    const { context, page, complaints } = await product.openChat();
    await ask(page, 'What is 2 + 1?');
    const field = page.getByRole('textbox', { name: 'Message' });
    await field.press('ArrowUp');
    await expect.poll(() => field.inputValue()).toBe('What is 2 + 1?');
    await say(page, 'What is 2 + 2?');
    await page.locator('article.ask').getByText('2 of 2', { exact: true }).waitFor();
    await waitForEnd(page);
    expect(await textOf(page)).toMatch(/\b4\b/);
    await expect.poll(() => page.locator('article.ask').count()).toBe(1);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('renames a chat and deletes it', async () => {
    const { context, page, complaints } = await product.openChat();
    await ask(page, 'What is 9 + 1?');
    const list = page.getByRole('navigation', { name: 'Chats' });
    await list.getByRole('link', { name: /9 \+ 1/ }).hover();
    await list.getByRole('button', { name: /More for .*9 \+ 1/ }).click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await page.getByRole('textbox', { name: 'Title' }).fill('Ten');
    await page.getByRole('textbox', { name: 'Title' }).press('Enter');
    await list.getByRole('link', { name: 'Ten' }).waitFor();
    await expect.poll(() => page.title()).toBe('Ten · Pilotlight');
    await list.getByRole('button', { name: 'More for “Ten”' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    // It never stands on the address of a chat that is no longer in the list.
    const address = await page.waitForFunction(() =>
      [...document.querySelectorAll('#chats a')].some(({ textContent }) => textContent === 'Ten') ? false : location.pathname,
    );
    expect(await address.jsonValue()).toBe('/');
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('two tabs of one browser', () => {
  it('write the same answer at the same time over one set of streams', async () => {
    const { context, page, complaints } = await product.openChat();
    const streams: string[] = [];
    context.on('request', (request) => {
      if (/\/api\/(events|generations\/.+\/events)/.test(request.url())) streams.push(new URL(request.url()).pathname);
    });
    await ask(page, 'What is 1 + 1?');
    const second = await openWatched(context, page.url());
    await waitForEnd(second.page);
    using _slow = slowModel();
    await say(second.page, LONG);
    for (const tab of [page, second.page]) await tab.locator('article.answer').nth(1).locator('.prose').first().waitFor();
    for (const tab of [page, second.page]) await waitForEnd(tab);
    expect(await textOf(page)).toBe(await textOf(second.page));
    expect(await textOf(page)).toMatch(/^1, 2, 3/);
    expect(streams.filter((path) => path === '/api/events')).toEqual([]);
    expect(streams.filter((path) => path.startsWith('/api/generations')).length).toBe(2);
    expect([...complaints, ...second.complaints]).toEqual([]);
    await context.close();
  });
});
