import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';

import { childrenOf, slowDown } from './slow-process.ts';
import { useProduct } from './use-product.ts';
import { lastAnswer, openWatched, say, textOf, waitForEnd } from './watched-page.ts';

const product = useProduct({ isWarm: true });

function listOf(page: Page) {
  return page.getByRole('navigation', { name: 'Chats' });
}

async function choose(page: Page, title: RegExp, item: string): Promise<void> {
  await listOf(page).getByRole('link', { name: title }).first().hover();
  await listOf(page)
    .getByRole('button', { name: new RegExp(`More for .*${title.source}`) })
    .first()
    .click();
  await page.getByRole('menuitem', { name: item, exact: true }).click();
}

describe('a chat that was deleted', () => {
  it('comes back with Undo, and with Ctrl-Z in another tab', async () => {
    const { context, page, complaints } = await product.openChat([/404/]);
    await say(page, 'What is 3 + 3?');
    await waitForEnd(page);
    const { pathname } = new URL(page.url());
    const second = await openWatched(context, product.server.url, [/404/]);
    const chatIn = (tab: Page) => listOf(tab).getByRole('link', { name: /3 \+ 3/ });
    await choose(page, /3 \+ 3/, 'Delete');
    await chatIn(page).waitFor({ state: 'detached' });
    // Its address goes before it does: that once stood a moment longer, and was said to lead nowhere.
    expect(await page.evaluate(() => window.location.pathname)).toBe('/');
    await page.getByRole('button', { name: 'Undo' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Enter');
    for (const tab of [page, second.page]) await chatIn(tab).waitFor();
    await choose(page, /3 \+ 3/, 'Delete');
    for (const tab of [page, second.page]) await chatIn(tab).waitFor({ state: 'detached' });
    await second.page.getByText('is deleted', { exact: false }).first().waitFor();
    await second.page.getByRole('button', { name: 'Details', exact: true }).focus();
    await second.page.keyboard.press('Control+z');
    await second.page.waitForURL(`**${pathname}`);
    await waitForEnd(second.page);
    expect(await textOf(second.page)).toMatch(/\b6\b/);
    await chatIn(page).waitFor();
    expect([...complaints, ...second.complaints]).toEqual([]);
    await context.close();
  });
});

describe('places of chats', () => {
  it('are kept: pinned above the others, in a folder, in the archive', async () => {
    const { context, page, complaints } = await product.openChat();
    for (const sum of ['4 + 1', '5 + 1', '6 + 1']) {
      await page.goto(product.server.url);
      await say(page, `What is ${sum}?`);
      await waitForEnd(page);
    }
    await choose(page, /4 \+ 1/, 'Pin');
    await page
      .getByRole('region', { name: 'Pinned' })
      .getByRole('link', { name: /4 \+ 1/ })
      .waitFor();
    await choose(page, /5 \+ 1/, 'Move to a folder');
    await page.getByLabel('Name of the folder').fill('Sums');
    await page.getByRole('button', { name: 'Move to “Sums”' }).click();
    await choose(page, /6 \+ 1/, 'Archive');
    await listOf(page)
      .getByRole('link', { name: /6 \+ 1/ })
      .waitFor({ state: 'detached' });
    await page.reload();
    await page
      .getByRole('region', { name: 'Pinned' })
      .getByRole('link', { name: /4 \+ 1/ })
      .waitFor();
    await page.getByRole('button', { name: 'Sums', exact: true }).click();
    await page
      .getByRole('region', { name: 'Sums' })
      .getByRole('link', { name: /5 \+ 1/ })
      .waitFor();
    await page.getByRole('button', { name: 'Archive', exact: true }).click();
    await page
      .getByRole('region', { name: 'Archive' })
      .getByRole('link', { name: /6 \+ 1/ })
      .waitFor();
    await choose(page, /6 \+ 1/, 'Take out of the archive');
    await page
      .getByRole('region', { name: 'Today' })
      .getByRole('link', { name: /6 \+ 1/ })
      .waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('a temporary chat', () => {
  it('answers, is marked, stands in no list, and is gone after a reload', async () => {
    const { context, page, complaints } = await product.openChat([/404/]);
    await page.getByRole('button', { name: 'Temporary chat' }).click();
    await page.getByText('This chat will be in no list').waitFor();
    await say(page, 'What is 7 + 1?');
    await waitForEnd(page);
    expect(await textOf(page)).toMatch(/\b8\b/);
    await page.getByText('This chat is in no list').waitFor();
    const { pathname } = new URL(page.url());
    const id = pathname.slice('/c/'.length);
    expect((await page.request.get(`${product.server.url}/api/conversations/${id}`)).status()).toBe(200);
    expect(
      await listOf(page)
        .getByRole('link', { name: /7 \+ 1/ })
        .count(),
    ).toBe(0);
    await page.reload();
    await page.waitForURL(`${product.server.url}/`);
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
    await expect.poll(async () => (await page.request.get(`${product.server.url}/api/conversations/${id}`)).status()).toBe(404);
    expect(
      await listOf(page)
        .getByRole('link', { name: /7 \+ 1/ })
        .count(),
    ).toBe(0);
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('the settings of a chat', () => {
  it('are kept over a reload, shown in another tab, and used by the next answer', async () => {
    const { context, page, complaints } = await product.openChat();
    await say(page, 'What is 8 + 1?');
    await waitForEnd(page);
    await page.getByRole('button', { name: 'Settings of this chat' }).click();
    const panel = page.getByRole('complementary', { name: 'Details' });
    await panel.getByLabel('Temperature').fill('9');
    await panel.getByText('9 lies outside of 0 to 5.').waitFor();
    await panel.getByLabel('Temperature').fill('0.2');
    await panel.getByLabel('Longest answer').fill('3');
    await panel.getByLabel('Instructions').fill('Answer with a number.');
    await panel.getByLabel('Temperature').focus();
    const id = new URL(page.url()).pathname.slice('/c/'.length);
    const settings = async (): Promise<unknown> =>
      ((await (await page.request.get(`${product.server.url}/api/conversations/${id}`)).json()) as { settings?: unknown }).settings;
    await expect.poll(settings).toEqual({ system: 'Answer with a number.', options: { temperature: 0.2, max_tokens: 3 } });
    await page.reload();
    await page.getByRole('button', { name: 'Settings of this chat' }).click();
    await expect.poll(() => panel.getByLabel('Temperature').inputValue()).toBe('0.2');
    await expect.poll(() => panel.getByLabel('Instructions').inputValue()).toBe('Answer with a number.');
    const second = await openWatched(context, page.url());
    await second.page.getByRole('button', { name: 'Settings of this chat' }).click();
    const other = second.page.getByRole('complementary', { name: 'Details' });
    await expect.poll(() => other.getByLabel('Temperature').inputValue()).toBe('0.2');
    await panel.getByLabel('Top K').fill('7');
    await panel.getByLabel('Top K').press('Enter');
    await expect.poll(() => other.getByLabel('Top K').inputValue()).toBe('7');
    await say(page, 'Count to 50');
    await lastAnswer(page).getByText('Ended at the limit of tokens').waitFor();
    const view = (await (await page.request.get(`${product.server.url}/api/conversations/${id}`)).json()) as {
      messages: { receipt?: { applied?: { options?: Record<string, { value: unknown; from: string }> } } }[];
    };
    expect(view.messages.at(-1)?.receipt?.applied?.options?.['max_tokens']).toEqual({ value: 3, from: 'conversation' });
    expect([...complaints, ...second.complaints]).toEqual([]);
    await context.close();
  });

  it('can be kept as a preset and given to a new chat', async () => {
    const { context, page, complaints } = await product.openChat();
    await page.getByRole('button', { name: 'Settings of this chat' }).click();
    const panel = page.getByRole('complementary', { name: 'Details' });
    await panel.getByLabel('Longest answer').fill('2');
    await panel.getByLabel('Longest answer').press('Enter');
    await panel.getByRole('button', { name: 'Keep these as a preset' }).click();
    await panel.getByLabel('Name of the preset').fill('Two tokens');
    await panel.getByRole('button', { name: 'Keep it' }).click();
    await expect.poll(() => panel.getByLabel('Preset', { exact: true }).locator('option:checked').innerText()).toBe('Two tokens');
    await page.goto(product.server.url);
    await page.getByRole('button', { name: 'Settings of this chat' }).click();
    await panel.getByLabel('Preset', { exact: true }).selectOption('Two tokens');
    await expect.poll(() => panel.getByLabel('Longest answer').inputValue()).toBe('2');
    await say(page, 'Count to 40');
    await lastAnswer(page).getByText('Ended at the limit of tokens').waitFor();
    await panel.getByText('at the limit of tokens').waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('an answer that was stopped', () => {
  it('goes on from its words in a version of its own, with the seam shown', async () => {
    const { context, page, complaints } = await product.openChat();
    {
      using slowed = new DisposableStack();
      for (const pid of childrenOf(product.server.pid)) slowed.use(slowDown(pid));
      await say(page, 'Count to 50');
      await lastAnswer(page).locator('.prose').first().waitFor();
      const isTold = page.waitForResponse((response) => response.url().endsWith('/stop'));
      await page.getByRole('textbox', { name: 'Message' }).press('Escape');
      await isTold;
    }
    await lastAnswer(page).getByText('Stopped here').waitFor();
    const kept = await textOf(page);
    await lastAnswer(page).getByRole('button', { name: 'Continue' }).click();
    await page.getByText('2 of 2', { exact: true }).waitFor();
    await lastAnswer(page)
      .getByText(/^Continued on request: the answer was stopped/)
      .waitFor();
    await waitForEnd(page);
    const texts = (await page.locator('article.answer .prose').allInnerTexts()).join(' ').replaceAll(/\s+/g, ' ');
    expect(texts.startsWith(kept)).toBe(true);
    expect(texts.length).toBeGreaterThan(kept.length + 10);
    await page.reload();
    await page
      .getByText(/^Continued on request: the answer was stopped/)
      .first()
      .waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('a model that is pinned in the list', () => {
  it('stays pinned over a restart of the server', async () => {
    const { context, page, complaints } = await product.openChat([/Failed to load resource/]);
    const openPicker = async () => {
      await page.getByRole('button', { name: /^Model:/ }).click();
      await page.getByRole('dialog', { name: 'Choose a model' }).waitFor();
      return page.getByRole('button', { name: 'Keep pilot:latest in memory' });
    };
    const pin = await openPicker();
    await expect.poll(() => pin.getAttribute('aria-pressed')).toBe('false');
    const isKept = page.waitForResponse((response) => response.url().endsWith('/pin'));
    await pin.click();
    await isKept;
    await page.getByRole('dialog', { name: 'Choose a model' }).getByText('Pinned: it stays in memory').waitFor();
    await product.server.kill();
    await product.server.restart();
    await page.reload();
    const again = await openPicker();
    await expect.poll(() => again.getAttribute('aria-pressed')).toBe('true');
    expect(complaints).toEqual([]);
    await context.close();
  });
});
