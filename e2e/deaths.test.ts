import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';

import { childrenOf, slowDown } from './slow-process.ts';
import { useProduct } from './use-product.ts';
import { lastAnswer, say, waitForEnd } from './watched-page.ts';

/** The longest answer of the model that ships. */
const LONG = 'Count to 50';
const product = useProduct({ isWarm: true });

function slowModel(): Disposable {
  const slowed = new DisposableStack();
  for (const pid of childrenOf(product.server.pid)) slowed.use(slowDown(pid));
  return slowed;
}

/** Asks for a long answer and waits until some of it is there. */
async function beginLong(page: Page): Promise<void> {
  await say(page, LONG);
  await lastAnswer(page)
    .locator('.prose', { hasText: /\d, \d/ })
    .waitFor();
  await page.getByRole('button', { name: 'Stop the answer (Esc)' }).waitFor();
}

/** All text of the last question's answer, over its seams. */
async function wholeText(page: Page): Promise<string> {
  return (await page.locator('article.answer .prose').allInnerTexts()).join('').replaceAll(/\s+/g, ' ').replaceAll(' ,', ',');
}

/** A seam stands before a word that was cut, and the blank before it is not seen. */
function letters(text: string): string {
  return text.replaceAll(/\s/g, '');
}

describe('in the middle of an answer of the model that ships', () => {
  it('a tab that is loaded anew goes on, every word once', async () => {
    const { context, page, complaints } = await product.openChat();
    {
      using _slow = slowModel();
      await beginLong(page);
      await page.reload();
      await lastAnswer(page).locator('.prose').first().waitFor();
    }
    await waitForEnd(page);
    const text = await wholeText(page);
    expect(text).toMatch(/^1, 2, 3, 4, 5, 6, 7, 8/);
    const numbers = [...text.matchAll(/\d+/g)].map(([number]) => Number(number));
    expect(numbers).toEqual(numbers.map((_, index) => index + 1));
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('a model whose process is killed goes on by itself, says where, and the words stay', async () => {
    const { context, page, complaints } = await product.openChat();
    using slowed = new DisposableStack();
    slowed.use(slowModel());
    await beginLong(page);
    const before = await wholeText(page);
    for (const pid of childrenOf(product.server.pid)) process.kill(pid, 'SIGKILL');
    slowed.dispose();
    await page
      .locator('article.answer .seam')
      .getByText(/went on from here/)
      .first()
      .waitFor();
    await lastAnswer(page).getByRole('button', { name: 'Copy', exact: true }).waitFor();
    expect(letters(await wholeText(page)).startsWith(letters(before))).toBe(true);
    await page.reload();
    await page
      .locator('article.answer .seam')
      .getByText(/went on from here/)
      .first()
      .waitFor();
    await say(page, 'What is 2 + 2?');
    await lastAnswer(page).locator('.prose', { hasText: /\b4\b/ }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('a server that is killed leaves the words, says so, and goes on from them when asked', async () => {
    const { context, page, complaints } = await product.openChat([/Failed to load resource/]);
    {
      using _slow = slowModel();
      await beginLong(page);
      await product.server.kill();
    }
    await page.getByText('Reconnecting').waitFor();
    const before = await wholeText(page);
    expect(before).toMatch(/^1, 2/);
    await product.server.restart();
    await lastAnswer(page)
      .getByText(/^Cut off: the server stopped while this was being written/)
      .waitFor();
    const kept = await wholeText(page);
    expect(letters(before).startsWith(letters(kept)) || letters(kept).startsWith(letters(before))).toBe(true);
    await lastAnswer(page).getByRole('button', { name: 'Continue' }).click();
    await page.getByText('2 of 2', { exact: true }).waitFor();
    await page
      .getByText(/^Continued on request/)
      .first()
      .waitFor();
    await waitForEnd(page);
    expect(letters(await wholeText(page)).startsWith(letters(kept))).toBe(true);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
