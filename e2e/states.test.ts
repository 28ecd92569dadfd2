import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { findingsOf } from './axe-findings.ts';
import { launchBrowser } from './browser.ts';
import { NOW } from './scripted-server/scenario.ts';
import { SCENARIOS } from './scripted-server/scenarios/all.ts';
import { startScriptedServer, type ScriptedServer } from './scripted-server/scripted-server.ts';
import { typeQuery } from './type-query.ts';

const stack = new AsyncDisposableStack();
let browser: Browser;
let server: ScriptedServer;

beforeAll(async () => {
  browser = await launchBrowser();
  stack.defer(() => browser.close());
  server = stack.use(await startScriptedServer());
});
afterAll(() => stack.disposeAsync());

interface View {
  readonly width: number;
  readonly theme?: 'light' | 'dark';
  readonly forcedColors?: 'active' | 'none';
}

/** The page in one of its states, with time standing still. Scripts that the policy of the page forbids are allowed to the test alone. */
async function open(name: string, { width, theme = 'light', forcedColors = 'none' }: View): Promise<Page> {
  const scenario = SCENARIOS[name];
  if (scenario === undefined) throw new Error(`no scenario ${name}`);
  server.play(scenario);
  const context = await browser.newContext({
    viewport: { width, height: 800 },
    colorScheme: theme,
    forcedColors,
    reducedMotion: 'reduce',
    timezoneId: 'UTC',
    bypassCSP: true,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(60_000);
  await page.clock.setFixedTime(NOW);
  await page.goto(`${server.url}${scenario.open === undefined ? '/' : `/c/${scenario.open}`}`);
  await page.locator('h1').first().waitFor();
  await page.locator('.flame').first().waitFor();
  if (scenario.needsToken !== true) await page.getByRole('button', { name: /^Model:/ }).waitFor();
  if (scenario.conversations.some(({ id, messages }) => id === scenario.open && messages.length > 0))
    await page.locator('article').last().waitFor();
  if (name === 'picker') {
    await page.getByRole('button', { name: /^Model:/ }).click();
    await page.getByRole('dialog', { name: 'Choose a model' }).waitFor();
  }
  if (scenario.query !== undefined) await typeQuery(page, scenario.query);
  return page;
}

/** The list is hidden on a phone, and with it the first flame that `open` waits for. */
async function openOnPhone(name: string): Promise<Page> {
  const page = await open(name, { width: 1440 });
  await page.setViewportSize({ width: 390, height: 800 });
  return page;
}

/** A page that has just got another width may still be on its way to where it stands. */
const SETTLED_WITHIN_MS = 20_000;

async function expectAccessible(page: Page, message = 'accessible'): Promise<void> {
  await expect.poll(() => findingsOf(page), { message, timeout: SETTLED_WITHIN_MS }).toEqual([]);
}

describe('every state of the page', () => {
  it.each(Object.keys(SCENARIOS))('%s is accessible, fits into 320 pixels, and turns from right to left', async (name) => {
    const page = await open(name, { width: 1440 });
    await expectAccessible(page, 'light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page, 'dark');
    await page.setViewportSize({ width: 390, height: 800 });
    await expectAccessible(page, 'phone');
    await page.setViewportSize({ width: 320, height: 800 });
    await expect.poll(() => tooWide(page), { message: '320 pixels', timeout: SETTLED_WITHIN_MS }).toEqual([]);
    await page.evaluate(() => {
      document.documentElement.dir = 'rtl';
    });
    await expect.poll(() => tooWide(page), { message: 'from right to left', timeout: SETTLED_WITHIN_MS }).toEqual([]);
    await page.context().close();
  });
});

describe('an answer in several scripts', () => {
  it('stands in the direction of its own words: Arabic once began at the left', async () => {
    const page = await open('mixed', { width: 1440 });
    const directions = await page
      .locator('article.answer .prose > :is(p, ol)')
      .evaluateAll((blocks) => blocks.map((block) => [block.tagName, getComputedStyle(block).direction]));
    expect(directions).toEqual([
      ['P', 'ltr'],
      ['P', 'rtl'],
      ['OL', 'rtl'],
    ]);
    await page.context().close();
  });
});

/** What reaches out of the window, apart from what scrolls by itself. */
async function tooWide(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll('main *')]
      .filter((element) => {
        const { left, right } = element.getBoundingClientRect();
        return (right > window.innerWidth + 1 || left < -1) && element.closest('pre, .table-wrap, .vh, .skip') === null;
      })
      .map((element) => element.outerHTML.slice(0, 120)),
  );
}

describe('what is opened on demand', () => {
  it.each([
    ['the details', 'panel', (page: Page) => page.getByRole('button', { name: 'Details', exact: true }).click()],
    ['the settings', 'settings', (page: Page) => page.getByRole('button', { name: 'Settings of this chat' }).click()],
    ['a temporary chat', 'new-chat', (page: Page) => page.getByRole('button', { name: 'Temporary chat' }).click()],
  ])('%s are accessible in every width and theme', async (_what, name, act) => {
    const page = await open(name, { width: 1440 });
    await act(page);
    if (name !== 'new-chat') await page.getByRole('complementary', { name: 'Details' }).getByText('Parameters').waitFor();
    await expectAccessible(page, 'light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page, 'dark');
    await page.setViewportSize({ width: 320, height: 800 });
    await expectAccessible(page, 'phone');
    await page.context().close();
  });

  it('the details close with Esc and give the focus back', async () => {
    const page = await open('panel', { width: 1440 });
    const button = page.getByRole('button', { name: 'Details of this answer' });
    await button.focus();
    await page.keyboard.press('Enter');
    await page.getByRole('complementary', { name: 'Details' }).getByText('Finished').waitFor();
    await page.getByRole('heading', { name: 'Details' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('complementary', { name: 'Details' }).waitFor({ state: 'detached' });
    await button.and(page.locator(':focus')).waitFor();
    await page.context().close();
  });

  it('the word that a chat is deleted is accessible, and leaves with its button', async () => {
    const page = await open('thread', { width: 1440 });
    const list = page.getByRole('navigation', { name: 'Chats' });
    await list.getByRole('button', { name: 'More for “Letter to the landlord”' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Undo' }).waitFor();
    await expectAccessible(page, 'light');
    await page.emulateMedia({ colorScheme: 'dark' });
    await expectAccessible(page, 'dark');
    await page.getByRole('button', { name: 'Hide this' }).click();
    await page.getByRole('button', { name: 'Undo' }).waitFor({ state: 'detached' });
    await page.context().close();
  });
});

describe('by keyboard alone', () => {
  it('one gets from the top to the message field, and chooses a model', async () => {
    const page = await open('thread', { width: 1440 });
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.locator('#message:focus').waitFor();
    await page.keyboard.press('Shift+Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('searchbox', { name: 'Find a model' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page
      .getByRole('button', { name: /^Model: pilot:latest/ })
      .and(page.locator(':focus'))
      .waitFor();
    await page.context().close();
  });

  it('one types at once where a chat begins, and nothing takes the focus elsewhere', async () => {
    const fresh = await open('new-chat', { width: 1440 });
    await fresh.locator('#message:focus').waitFor();
    await fresh.context().close();
    const old = await open('thread', { width: 1440 });
    expect(await old.evaluate(() => document.activeElement === document.body)).toBe(true);
    await old.getByRole('link', { name: 'New chat' }).click();
    await old.locator('.first-heading').waitFor();
    await old.getByRole('link', { name: 'New chat' }).and(old.locator(':focus')).waitFor();
    await old.context().close();
  });

  it('Esc closes the list of models and gives the focus back', async () => {
    const page = await open('picker', { width: 1440 });
    await page.getByRole('searchbox', { name: 'Find a model' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Choose a model' }).waitFor({ state: 'detached' });
    await page
      .getByRole('button', { name: /^Model:/ })
      .and(page.locator(':focus'))
      .waitFor();
    await page.context().close();
  });

  it('the list of a phone takes the focus, and Esc closes it and gives the focus back', async () => {
    const page = await openOnPhone('thread');
    const button = page.getByRole('button', { name: 'Chats', exact: true });
    await button.click();
    await page.getByRole('button', { name: 'Close the list' }).and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('navigation', { name: 'Chats' }).waitFor({ state: 'hidden' });
    await button.and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Control+k');
    await page.getByRole('searchbox').and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Escape');
    await button.and(page.locator(':focus')).waitFor();
    await page.context().close();
  });

  it('a menu in the list of a phone has Esc for itself', async () => {
    const page = await openOnPhone('thread');
    await page.getByRole('button', { name: 'Chats', exact: true }).click();
    await page
      .getByRole('button', { name: /^More for/ })
      .first()
      .click();
    await page.getByRole('menu').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('menu').waitFor({ state: 'detached' });
    await page.getByRole('navigation', { name: 'Chats' }).waitFor();
    await page.context().close();
  });

  it('a question mark outside a field lists the keys, and in the message field is text', async () => {
    const page = await open('thread', { width: 1440 });
    await page.keyboard.press('?');
    const keys = page.getByRole('dialog', { name: 'Keys' });
    await keys.getByText('search the chats, and go to a model or an action').waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await keys.waitFor({ state: 'detached' });
    const field = page.getByRole('textbox', { name: 'Message' });
    await field.press('?');
    await expect.poll(() => field.inputValue()).toBe('?');
    expect(await keys.count()).toBe(0);
    await page.context().close();
  });

  it('Ctrl-K leads to a model and to an action, and gives the focus on to where one goes on', async () => {
    const page = await open('thread', { width: 1440 });
    await typeQuery(page, 'answer pilot');
    const row = page.getByRole('region', { name: 'Models' }).getByRole('button', { name: /^Answer with pilot:latest/ });
    await row.waitFor();
    await page.keyboard.press('ArrowDown');
    await row.and(page.locator(':focus')).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Model: pilot:latest/ }).waitFor();
    await page.locator('#message:focus').waitFor();
    await typeQuery(page, 'temporary');
    await page.getByRole('region', { name: 'Actions' }).getByRole('button', { name: 'New temporary chat' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByText('This chat will be in no list').waitFor();
    await page.locator('#message:focus').waitFor();
    await page.context().close();
  });

  it('a model is unloaded from the search, which stays', async () => {
    const page = await open('thread', { width: 1440 });
    await typeQuery(page, 'unload mistral');
    await page
      .getByRole('region', { name: 'Models' })
      .getByRole('button', { name: /^Unload mistral:latest/ })
      .waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => server.posted.map(({ path }) => path)).toContain('/api/models/mistral%3Alatest/unload');
    await page.getByRole('searchbox', { name: 'Search titles and messages' }).and(page.locator(':focus')).waitFor();
    await page.context().close();
  });

  it('a new chat begins at its beginning, also where it is longer than the window', async () => {
    const page = await openOnPhone('new-chat');
    await page.reload();
    await page.getByText('phi3:mini').first().waitFor();
    const scroller = page.locator('.scroll');
    await expect.poll(() => scroller.evaluate((element) => element.scrollHeight - element.clientHeight)).toBeGreaterThan(10);
    expect(await scroller.evaluate((element) => element.scrollTop)).toBe(0);
    await page.context().close();
  });

  it('Enter while composing does not send', async () => {
    const page = await open('new-chat', { width: 1440 });
    const field = page.getByRole('textbox', { name: 'Message' });
    await field.fill('にほん');
    await field.evaluate((element) =>
      element.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true })),
    );
    expect(server.posted.filter(({ path }) => path.startsWith('/api/conversations'))).toEqual([]);
    expect(await field.inputValue()).toBe('にほん');
    await page.context().close();
  });
});

describe('words for those who hear the page', () => {
  it('says what the last answer waits for, once', async () => {
    const page = await open('loading', { width: 1440 });
    await page.getByRole('status').getByText('Loading codellama:latest, about 12 seconds').waitFor({ state: 'attached' });
    server.log('g-a-2', { type: 'text', text: 'One two' });
    await page.getByRole('status').getByText('Answering').waitFor({ state: 'attached' });
    await page.context().close();
  });
});

describe('in forced colours', () => {
  it('keeps every flame and the outline of every field visible', async () => {
    const page = await open('picker', { width: 1440, forcedColors: 'active' });
    const strokes = await page
      .locator('.flame .ol, .flame .fill')
      .evaluateAll((paths) => paths.map((path) => [getComputedStyle(path).stroke, getComputedStyle(path).fill]));
    for (const paint of strokes) expect(paint.every((value) => value === 'none' || value === 'rgba(0, 0, 0, 0)')).toBe(false);
    await page.context().close();
  });
});
