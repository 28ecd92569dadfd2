import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';

import { useProduct } from './use-product.ts';
import { ask, say, textOf, waitForEnd } from './watched-page.ts';

const product = useProduct({ window: { viewport: { width: 1440, height: 600 } } });

/** Searches by keyboard: all at once, so that nothing is found for the beginning of it meanwhile. */
async function search(page: Page, query: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByRole('searchbox').and(page.locator(':focus')).waitFor();
  await page.keyboard.insertText(query);
}

async function beginAnew(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'New chat' }).click();
  await page.locator('article').first().waitFor({ state: 'detached' });
}

/** How far a message is from the top of the thread's window. */
function topOf(page: Page, text: string): Promise<number> {
  return page
    .locator('article.ask', { hasText: text })
    .evaluate((element) => element.getBoundingClientRect().top - (element.closest('.scroll')?.getBoundingClientRect().top ?? 0));
}

describe('the search', () => {
  it('goes by keyboard to a message far up in another chat', async () => {
    const { context, page, complaints } = await product.openChat();
    for (const number of [1, 2, 3, 4, 5, 6]) await ask(page, `What is ${number} + 3?`);
    await beginAnew(page);
    await ask(page, 'Hello');
    await search(page, '"2 + 3"?');
    const found = page.getByRole('region', { name: 'Messages' }).getByRole('link', { name: /You: What is 2 \+ 3/ });
    await found.waitFor();
    await expect.poll(() => found.locator('mark').allTextContents()).toEqual(['2', '3']);
    await found.focus();
    // It stands out for a moment only, so somebody has to be looking when it begins.
    const lit = page.waitForFunction(
      () => document.querySelector('article.ask[data-found]')?.textContent.includes('What is 2 + 3?') === true,
    );
    await page.keyboard.press('Enter');
    await lit;
    await expect.poll(() => topOf(page, 'What is 2 + 3?')).toBeLessThan(60);
    expect(await topOf(page, 'What is 2 + 3?')).toBeGreaterThanOrEqual(0);
    await page.locator('article.ask[data-found]').waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('brings up the branch of a message that is on another one', async () => {
    const { context, page, complaints } = await product.openChat();
    await ask(page, 'What is 8 + 1?');
    const first = await textOf(page);
    await page.getByRole('textbox', { name: 'Message' }).press('ArrowUp');
    await say(page, 'Name a colour');
    await page.locator('article.ask').getByText('2 of 2', { exact: true }).waitFor();
    await waitForEnd(page);
    expect(await textOf(page)).not.toBe(first);
    await search(page, 'what is 8');
    await page
      .getByRole('region', { name: 'Messages' })
      .getByRole('link', { name: /You: What is 8/ })
      .click();
    await page.locator('article.ask').getByText('1 of 2', { exact: true }).waitFor();
    await page.locator('article.ask').getByText('What is 8 + 1?').waitFor();
    await expect.poll(() => textOf(page)).toBe(first);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('finds an attached file by its text, says which it is, and goes to the message that has it', async () => {
    const { context, page, complaints } = await product.openChat();
    const notes = {
      name: 'notes.md',
      mimeType: 'text/markdown',
      buffer: Buffer.from(`${'Sand. '.repeat(40)}The wheatear nests in holes.`),
    };
    await page.getByLabel('Files to attach').setInputFiles(notes);
    await page.getByText(/characters/).waitFor();
    await ask(page, 'What is 7 + 2?');
    await beginAnew(page);
    await search(page, 'wheatear');
    const found = page.getByRole('region', { name: 'Messages' }).getByRole('link', { name: /In notes\.md: .*The wheatear nests/ });
    await found.waitFor();
    await expect.poll(() => found.locator('mark').allTextContents()).toEqual(['wheatear']);
    await found.click();
    await page.locator('article.ask', { hasText: 'What is 7 + 2?' }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('is moved through with arrows, opened with Enter and left with Esc', async () => {
    const { context, page, complaints } = await product.openChat();
    await ask(page, 'Tell me about foxes');
    await beginAnew(page);
    const message = page.getByRole('textbox', { name: 'Message' });
    await message.focus();
    await search(page, 'foxes');
    const rows = page.locator('.convs :is(a.nav, a.hit)');
    await page.getByRole('region', { name: 'Messages' }).getByRole('link').first().waitFor();
    await page
      .getByRole('status')
      .getByText(/\d messages?$/)
      .waitFor({ state: 'attached' });
    const focused = page.locator(':focus');
    await page.keyboard.press('ArrowDown');
    await rows.nth(0).and(focused).waitFor();
    await page.keyboard.press('ArrowDown');
    await rows.nth(1).and(focused).waitFor();
    await page.keyboard.press('ArrowUp');
    await page.keyboard.press('ArrowUp');
    const field = page.getByRole('searchbox');
    await field.and(focused).waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/c\//);
    await page.keyboard.press('Escape');
    await expect.poll(() => field.inputValue()).toBe('');
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('says that nothing was found, and finds it as soon as it is there', async () => {
    const { context, page, complaints } = await product.openChat();
    await search(page, 'zanzibar');
    await page.getByRole('navigation').getByText('No chat has “zanzibar” in its title, its messages or its files.').waitFor();
    await page.getByRole('button', { name: 'Empty the search' }).click();
    await ask(page, 'Where is Zanzibar?');
    await search(page, 'zanzibar');
    await page.getByRole('region', { name: 'Titles' }).getByRole('link', { name: 'Where is Zanzibar?' }).waitFor();
    await page
      .getByRole('region', { name: 'Messages' })
      .getByRole('link', { name: /You: Where is Zanzibar/ })
      .waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});
