import type { Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';

import { useProduct } from './use-product.ts';
import { ask, waitForEnd } from './watched-page.ts';

const NOTES = { name: 'notes.md', mimeType: 'text/markdown', buffer: Buffer.from('# Notes\n\nThe lamp is in the cellar.\n'.repeat(20)) };
const product = useProduct();

function composerOf(page: Page) {
  return page.getByRole('form', { name: 'Message' });
}

interface Told {
  readonly messages: {
    readonly role: string;
    readonly attachments?: { readonly name: string; readonly kind: string }[];
    readonly receipt?: { readonly prompt_tokens?: number };
  }[];
}

async function readChat(page: Page): Promise<Told> {
  const id = new URL(page.url()).pathname.slice('/c/'.length);
  return (await (await page.request.get(`${product.server.url}/api/conversations/${id}`)).json()) as Told;
}

describe('a file beside a message', () => {
  it('is kept with the draft over a reload, given to the model, and shown with the question', async () => {
    const { context, page, complaints } = await product.openChat();
    await ask(page, 'What is 2 + 2?');
    const plain = (await readChat(page)).messages.at(-1)?.receipt?.prompt_tokens ?? 0;
    expect(plain).toBeGreaterThan(0);
    await page.goto(product.server.url);
    await page.getByLabel('Files to attach').setInputFiles(NOTES);
    await composerOf(page).getByText('notes.md').waitFor();
    await composerOf(page)
      .getByText(/characters/)
      .waitFor();
    await page.getByRole('textbox', { name: 'Message' }).fill('What is 2 + 2?');
    await page.reload();
    await composerOf(page).getByText('notes.md').waitFor();
    await page.getByRole('textbox', { name: 'Message' }).press('Enter');
    await waitForEnd(page);
    await page
      .locator('article.ask')
      .getByRole('link', { name: /notes\.md/ })
      .waitFor();
    await composerOf(page).getByText('notes.md').waitFor({ state: 'detached' });
    const { messages } = await readChat(page);
    expect(messages.find(({ role }) => role === 'user')?.attachments).toMatchObject([{ name: 'notes.md', kind: 'text' }]);
    // The model has read the file: twenty lines are more than two hundred tokens.
    expect(messages.at(-1)?.receipt?.prompt_tokens).toBeGreaterThan(plain + 100);
    const content = await page.request.get(`${product.server.url}${await page.locator('article.ask a.chip').getAttribute('href')}`);
    expect(await content.text()).toBe(NOTES.buffer.toString());
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('can be taken off, and one that cannot be read is refused with its reason', async () => {
    const { context, page, complaints } = await product.openChat([/415/]);
    await page
      .getByLabel('Files to attach')
      .setInputFiles([
        NOTES,
        { name: 'program.bin', mimeType: 'application/octet-stream', buffer: Buffer.from([0, 1, 2, 0xff, 0xfe, 0, 9]) },
      ]);
    await composerOf(page)
      .getByRole('alert')
      .getByText(/Attach text or code/)
      .waitFor();
    await composerOf(page).getByRole('button', { name: 'Take off program.bin' }).click();
    await composerOf(page).getByRole('button', { name: 'Take off notes.md' }).click();
    await composerOf(page).getByRole('list', { name: 'Attached' }).waitFor({ state: 'detached' });
    expect(complaints).toEqual([]);
    await context.close();
  });

  it('can be pasted and dropped', async () => {
    const { context, page, complaints } = await product.openChat();
    const send = (type: 'paste' | 'drop', name: string): Promise<void> =>
      page.getByRole('textbox', { name: 'Message' }).evaluate(
        (field, [kind, file]) => {
          const data = new DataTransfer();
          data.items.add(new File(['A few words.'], file, { type: 'text/plain' }));
          const event =
            kind === 'paste'
              ? new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true })
              : new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
          field.dispatchEvent(event);
        },
        [type, name] as const,
      );
    await send('paste', 'pasted.txt');
    await composerOf(page).getByText('pasted.txt').waitFor();
    await send('drop', 'dropped.txt');
    await composerOf(page).getByText('dropped.txt').waitFor();
    await expect.poll(() => composerOf(page).getByText('12 characters, 12 B').count()).toBe(2);
    expect(complaints).toEqual([]);
    await context.close();
  });
});

describe('the gauge', () => {
  it('counts what is typed and attached before it is sent', async () => {
    const { context, page, complaints } = await product.openChat();
    await page.getByRole('textbox', { name: 'Message' }).fill('What is 2 + 2?');
    const gauge = composerOf(page).locator('.ctx');
    await gauge.getByText(/of [\d,]+ tokens/).waitFor();
    const tokensOf = async (): Promise<number> => Number(/([\d,]+) of/.exec(await gauge.innerText())?.[1]?.replaceAll(',', ''));
    await expect.poll(tokensOf).toBeGreaterThan(0);
    const before = await tokensOf();
    await page.getByLabel('Files to attach').setInputFiles(NOTES);
    await expect.poll(tokensOf).toBeGreaterThan(before + 100);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
