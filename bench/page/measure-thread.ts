import type { Browser, CDPSession, Page } from 'playwright-core';

import { quantile } from '../overhead/figures.ts';
import { noteField } from './measure-first-load.ts';

export interface LongThread {
  /** Until the last message is painted, and until all of them are in the document. */
  readonly shownMs: number;
  readonly wholeMs: number;
}

/** Opens the chat by its address, in a browser that has kept nothing. */
export async function measureOpening(browser: Browser, url: string, messages: number): Promise<LongThread> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await page.addInitScript((count) => {
    const marks = new Set<string>();
    const mark = (name: string): void => {
      if (marks.has(name)) return;
      marks.add(name);
      // After the frame in which it is painted.
      requestAnimationFrame(() => setTimeout(() => performance.mark(name)));
    };
    const observer = new MutationObserver(() => {
      const shown = document.querySelectorAll('article').length;
      if (shown > 0) mark('shown');
      if (shown < count) return;
      mark('whole');
      observer.disconnect();
    });
    observer.observe(document, { childList: true, subtree: true });
  }, messages);
  await page.goto(url);
  await page.waitForFunction(() => performance.getEntriesByName('whole').length > 0, undefined, { timeout: 60_000 });
  const at = (name: string): Promise<number> =>
    page.evaluate((wanted) => performance.getEntriesByName(wanted)[0]?.startTime ?? Number.NaN, name);
  const result = { shownMs: await at('shown'), wholeMs: await at('whole') };
  await context.close();
  return result;
}

export interface Streaming {
  readonly tokens: number;
  /** Main thread time for a token: script alone, and with styles, layout and paint. */
  readonly scriptMs: number;
  readonly allMs: number;
}

export interface Typing {
  readonly keys: number;
  readonly p75Ms: number;
  readonly worstMs: number;
}

interface StreamOptions {
  readonly model: string;
  readonly question: string;
  /** How long is measured. */
  readonly seconds: number;
}

/** An answer streams into the thread that is open, first alone, then while somebody types. */
export async function measureStreaming(browser: Browser, url: string, options: StreamOptions): Promise<Streaming & Typing> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  const page = await context.newPage();
  await noteField(page);
  await page.goto(url);
  await page.locator('#message').fill(options.question);
  await page.locator('#message').press('Enter');
  const answer = page.locator('article.answer').last();
  await answer.locator('.prose', { hasText: /\S+ \S+/ }).waitFor({ timeout: 60_000 });
  const session = await context.newCDPSession(page);
  await session.send('Performance.enable');
  const alone = await measureAlone(page, session, options.seconds);
  const typed = await measureTyping(page, options.seconds);
  if ((await page.getByRole('button', { name: 'Stop the answer (Esc)' }).count()) === 0)
    throw new Error('the answer ended before the measurement did: let the model write more');
  await context.close();
  return { ...alone, ...typed };
}

async function measureAlone(page: Page, session: CDPSession, seconds: number): Promise<Streaming> {
  const before = await readWork(page, session);
  await page.waitForTimeout(seconds * 1000);
  const after = await readWork(page, session);
  const tokens = after.words - before.words;
  return {
    tokens,
    scriptMs: (after.scriptMs - before.scriptMs) / tokens,
    allMs: (after.allMs - before.allMs) / tokens,
  };
}

async function readWork(page: Page, session: CDPSession): Promise<{ words: number; scriptMs: number; allMs: number }> {
  const { metrics } = await session.send('Performance.getMetrics');
  const of = (name: string): number => (metrics.find((metric) => metric.name === name)?.value ?? Number.NaN) * 1000;
  const words = await page.evaluate(() => {
    const last = [...document.querySelectorAll('article.answer .prose')].at(-1);
    return last?.textContent.split(/\s+/).length ?? 0;
  });
  return { words, scriptMs: of('ScriptDuration'), allMs: of('TaskDuration') };
}

const KEY_EVERY_MS = 90;
/** The browser does not tell of interactions shorter than this; they count as this long. */
const SHORTEST_TOLD_MS = 16;
/** The types of the browser do not know the threshold. */
const TOLD: PerformanceObserverInit & { readonly durationThreshold: number } = { type: 'event', durationThreshold: SHORTEST_TOLD_MS };

async function measureTyping(page: Page, seconds: number): Promise<Typing> {
  await page.locator('#message').focus();
  await page.evaluate((options) => {
    const durations = new Map<number, number>();
    Object.assign(globalThis, { durations });
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as (PerformanceEntry & { interactionId?: number })[])
        if (entry.interactionId !== undefined && entry.interactionId > 0)
          durations.set(entry.interactionId, Math.max(durations.get(entry.interactionId) ?? 0, entry.duration));
    }).observe(options);
  }, TOLD);
  const keys = Math.round((seconds * 1000) / KEY_EVERY_MS);
  await page
    .locator('#message')
    .pressSequentially('type on meanwhile '.repeat(Math.ceil(keys / 18)).slice(0, keys), { delay: KEY_EVERY_MS });
  await page.waitForTimeout(500);
  const told = await page.evaluate(() => [...(globalThis as unknown as { durations: Map<number, number> }).durations.values()]);
  const all = [...told, ...Array.from({ length: Math.max(0, keys - told.length) }, () => SHORTEST_TOLD_MS)];
  return { keys, p75Ms: quantile(all, 0.75), worstMs: Math.max(...all) };
}
