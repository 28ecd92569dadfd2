import type { BrowserContext, Locator, Page } from 'playwright-core';

/** What is waited for may take this long on a machine that has other things to do. */
const PATIENCE_MS = 60_000;

export interface Watched {
  readonly page: Page;
  /** What went wrong so far: errors of scripts, complaints of the console, requests to other places than the server. */
  readonly complaints: readonly string[];
}

/**
 * What Chromium remarks where a tab is opened in the moment in which the worker of the offline shell begins its work: a file that was preloaded without it is
 * asked for once more, of it. Nothing is missing, and whether it happens depends on how busy the machine is.
 */
const WORKER_BEGAN = [
  /^console: A preload for '.+' is found, but is not used because it is a cross-world service worker resource mismatch\.$/,
  /^console: The resource .+\/assets\/.+ was preloaded using link preload but not used within a few seconds/,
];

/** A page whose every complaint is noted. `expected` are those that a test provokes. */
export async function openWatched(context: BrowserContext, url: string, expected: readonly RegExp[] = []): Promise<Watched> {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const complaints: string[] = [];
  const note = (text: string): void => {
    if (![...WORKER_BEGAN, ...expected].some((pattern) => pattern.test(text))) complaints.push(text);
  };
  const { origin } = new URL(url);
  page.on('pageerror', (error) => note(`script: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') note(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) note(`request: ${request.url()}`);
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) =>
      console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`),
    );
  });
  await page.goto(url);
  await page.getByRole('textbox', { name: 'Message' }).waitFor();
  return { page, complaints };
}

/** Types a message and sends it. */
export async function say(page: Page, text: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Message' }).fill(text);
  await page.getByRole('textbox', { name: 'Message' }).press('Enter');
}

/** Sends a question and waits until its answer has ended: not the one above it, which stands there until the new one does. */
export async function ask(page: Page, text: string): Promise<void> {
  const answers = page.locator('article.answer');
  const before = await answers.count();
  await say(page, text);
  await answers.nth(before).waitFor();
  await waitForEnd(page);
}

/** The answer that is shown last. */
export function lastAnswer(page: Page): Locator {
  return page.locator('article.answer').last();
}

/** Its text as a person reads it, blanks counted as one. */
export async function textOf(page: Page): Promise<string> {
  const texts = await lastAnswer(page).locator('.prose').allInnerTexts();
  return texts.join('\n').replaceAll(/\s+/g, ' ').trim();
}

/** Waits until the last answer has ended by itself. */
export async function waitForEnd(page: Page): Promise<void> {
  await lastAnswer(page)
    .getByText(/^[\d.,]+ tokens?(\/s)?$/)
    .waitFor();
}
