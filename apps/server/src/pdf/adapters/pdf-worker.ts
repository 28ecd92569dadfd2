import { parentPort, workerData } from 'node:worker_threads';

import { getDocumentProxy } from 'unpdf';

import type { PdfReply, PdfTask } from './read-pdf.ts';

/** The thread that reads one PDF and ends. Whatever it does, whoever started it bounds its time and memory. */
const { bytes, mostPages, mostCharacters } = workerData as PdfTask;
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
parentPort?.postMessage(await read());

async function read(): Promise<PdfReply> {
  try {
    return await readText();
  } catch (error) {
    const name = error instanceof Error ? error.name : '';
    return { outcome: name === 'PasswordException' ? 'locked' : 'damaged' };
  }
}

async function readText(): Promise<PdfReply> {
  const document = await getDocumentProxy(bytes, {
    useSystemFonts: false,
    disableFontFace: true,
    stopAtErrors: false,
  });
  const pages = document.numPages;
  const texts: string[] = [];
  let characters = 0;
  for (let number = 1; number <= Math.min(pages, mostPages); number += 1) {
    const page = await document.getPage(number);
    const { items } = await page.getTextContent();
    const text = toText(items);
    if (characters + text.length > mostCharacters) break;
    characters += text.length;
    texts.push(text);
  }
  return { outcome: 'read', pages, pagesRead: texts.length, text: texts.join('\n\n') };
}

/** The pieces of a page as lines. */
function toText(items: readonly unknown[]): string {
  const pieces = items.map((item) => {
    const { str = '', hasEOL = false } = item as { readonly str?: string; readonly hasEOL?: boolean };
    return hasEOL ? `${str}\n` : str;
  });
  return pieces
    .join('')
    .toWellFormed()
    .replaceAll(/[^\P{Cc}\n\t]/gu, '')
    .replaceAll(/[^\S\n]+\n/g, '\n')
    .trim();
}
