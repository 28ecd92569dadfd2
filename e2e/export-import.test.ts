import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

import { createTemporaryFolder } from '@pilotlight/test-kit';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { findingsOf } from './axe-findings.ts';
import { useProduct } from './use-product.ts';
import { ask, textOf, waitForEnd } from './watched-page.ts';

const product = useProduct({ window: { viewport: { width: 1440, height: 800 }, bypassCSP: true } });
const stack = new AsyncDisposableStack();
let folder: string;

beforeAll(async () => {
  folder = stack.use(await createTemporaryFolder()).path;
});
afterAll(() => stack.disposeAsync());

/** Takes an item of a chat's menu, and what the browser then saves. */
async function save(page: Page, title: string, item: string): Promise<string> {
  await page.getByRole('link', { name: title }).hover();
  await page.getByRole('button', { name: `More for “${title}”` }).click();
  const download = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: item }).click();
  const file = await download;
  const saved = path.join(folder, file.suggestedFilename());
  await file.saveAs(saved);
  return saved;
}

/** Chooses a file from the menu of the list, and gives the dialog that says what became of it. */
async function take(page: Page, file: string) {
  await page.getByRole('button', { name: 'More for all chats' }).click();
  const chooser = page.waitForEvent('filechooser');
  await page.getByRole('menuitem', { name: 'Import chats from a file' }).click();
  await (await chooser).setFiles(file);
  return page.getByRole('dialog');
}

describe('export and import', () => {
  it('saves a chat as Markdown and JSON, and takes the JSON in again as a chat of its own', async () => {
    const { context, page, complaints } = await product.openChat();
    await ask(page, 'What is 4 + 3?');
    const text = await textOf(page);
    const first = page.url();
    const markdown = await readFile(await save(page, 'What is 4 + 3?', 'Export as Markdown'), 'utf8');
    expect(markdown).toMatch(/^# What is 4 \+ 3\?\n/);
    expect(markdown).toContain(text);
    const json = await save(page, 'What is 4 + 3?', 'Export as JSON');
    expect(json).toMatch(/conversation-[\w-]+\.json$/);
    expect(page.url()).toBe(first);

    const dialog = await take(page, json);
    await dialog.getByRole('heading', { name: 'Imported 1 chat' }).waitFor();
    await dialog.getByText('2 messages, from an export of Pilotlight.').waitFor();
    expect(await findingsOf(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Open the chat' }).click();
    await page.waitForURL((url) => url.href !== first && url.pathname.startsWith('/c/'));
    const inList = page.getByRole('navigation').getByRole('link', { name: 'What is 4 + 3?' });
    await expect.poll(() => inList.count()).toBe(2);
    await page.locator('a.nav[aria-current]', { hasText: 'What is 4 + 3?' }).waitFor();
    await waitForEnd(page);
    expect(await textOf(page)).toBe(text);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('says why nothing of a file was taken in, and gives the focus back', async () => {
    const { context, page } = await product.openChat();
    const wrong = path.join(folder, 'notes.json');
    await writeFile(wrong, '{"name": "something else"}');
    const dialog = await take(page, wrong);
    await dialog.getByRole('heading', { name: 'Nothing was imported' }).waitFor();
    await dialog.getByText('It is no export of Pilotlight').waitFor();
    expect(await findingsOf(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'More for all chats' }).and(page.locator(':focus')).waitFor();
    await writeFile(wrong, '# A title');
    await (await take(page, wrong)).getByText('“notes.json” is not JSON.').waitFor();
    await context.close();
  });
});
