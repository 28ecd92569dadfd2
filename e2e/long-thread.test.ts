import type { MessageView } from '@pilotlight/contract';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { launchBrowser } from './browser.ts';
import { answer, conversation, MISTRAL, picture, question } from './scripted-server/scenario.ts';
import { WAL_ANSWER } from './scripted-server/scenarios/talk.ts';
import { startScriptedServer, type ScriptedServer } from './scripted-server/scripted-server.ts';
import { openWatched } from './watched-page.ts';

const PAIRS = 400;
const stack = new AsyncDisposableStack();
let browser: Browser;
let server: ScriptedServer;

beforeAll(async () => {
  browser = await launchBrowser();
  stack.defer(() => browser.close());
  server = stack.use(await startScriptedServer());
});
afterAll(() => stack.disposeAsync());

function longThread(): MessageView[] {
  return Array.from({ length: PAIRS }, (_, index) => [
    question(`q-${index}`, `Question ${index}?`, { parent_id: index === 0 ? null : `a-${index - 1}` }),
    answer(`a-${index}`, `q-${index}`, { content: WAL_ANSWER }),
  ]).flat();
}

/** How far the top of a message is from the top of the window. */
async function topOf(page: Page, id: string): Promise<number> {
  return page.locator(`[data-message="${id}"]`).evaluate((element) => Math.round(element.getBoundingClientRect().top));
}

describe('a thread of 800 messages', () => {
  it('opens at its end, has all of it a moment later, and finds its place again after a reload', async () => {
    server.play({ models: picture([MISTRAL]), conversations: [conversation('c-1', 'Long', longThread())], logs: {}, open: 'c-1' });
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const { page, complaints } = await openWatched(context, `${server.url}/c/c-1`);
    await page.locator('[data-message="q-0"]').waitFor({ state: 'attached' });
    await expect.poll(() => page.locator('article').count()).toBe(PAIRS * 2);
    const scroller = page.locator('.scroll');
    const belowEnd = () => scroller.evaluate((element) => element.scrollHeight - element.clientHeight - element.scrollTop);
    await expect.poll(belowEnd).toBeLessThan(3);

    await page.locator('[data-message="q-200"]').evaluate((element) => element.scrollIntoView({ block: 'start' }));
    await page.getByRole('button', { name: 'To the end' }).waitFor();
    await page.waitForFunction(
      () =>
        sessionStorage.getItem('pilotlight.place.c-1')?.includes('-200"') === true ||
        sessionStorage.getItem('pilotlight.place.c-1')?.includes('-199"') === true,
    );
    const kept = JSON.parse(await page.evaluate(() => sessionStorage.getItem('pilotlight.place.c-1') ?? '')) as {
      id: string;
      above: number;
    };
    const before = await topOf(page, kept.id);
    await page.reload();
    await page.getByRole('button', { name: 'To the end' }).waitFor();
    await expect.poll(async () => Math.abs((await topOf(page, kept.id)) - before)).toBeLessThan(4);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
