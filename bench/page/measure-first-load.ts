import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import type { Browser, Page } from 'playwright-core';

const DIST = resolve(import.meta.dirname, '../../apps/web/dist');

export interface FirstLoad {
  /** From the start of the navigation until the field is there and takes text. */
  readonly usableMs: number;
  /** All requests until nothing came for half a second after that. */
  readonly requests: number;
  readonly scriptKiB: number;
  readonly styleKiB: number;
}

/** When the field for messages is in the document, in the time of the page. */
export async function noteField(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const look = (): void => {
      if (document.querySelector('#message') === null) return;
      performance.mark('field');
      observer.disconnect();
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true });
  });
}

/** One first visit: a browser that has kept nothing. */
export async function measureFirstLoad(browser: Browser, url: string): Promise<FirstLoad> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await noteField(page);
  const paths: string[] = [];
  page.on('request', (request) => paths.push(new URL(request.url()).pathname));
  await page.goto(url, { waitUntil: 'load' });
  await page.locator('#message').pressSequentially('a');
  await page.waitForFunction(() => document.querySelector<HTMLTextAreaElement>('#message')?.value === 'a');
  const usableMs = await page.evaluate(() => performance.getEntriesByName('field')[0]?.startTime ?? Number.NaN);
  // What the page needs for its first sight is there; what it keeps for later comes after the load.
  const first = [...paths];
  await context.close();
  const bytes = (ending: string): number => first.filter((path) => path.endsWith(ending)).reduce((sum, path) => sum + gzipBytes(path), 0);
  return { usableMs, requests: first.length, scriptKiB: bytes('.js') / 1024, styleKiB: bytes('.css') / 1024 };
}

/** As the build has it packed. */
function gzipBytes(path: string): number {
  const file = join(DIST, `${path}.gz`);
  return existsSync(file) ? statSync(file).size : 0;
}
