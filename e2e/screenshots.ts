// Takes a picture of every state of the page, in three widths and two themes, into e2e/results/shots. Names given as arguments take only those.
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

import type { Browser, Page } from 'playwright-core';

import { launchBrowser } from './browser.ts';
import { NOW, type Scenario } from './scripted-server/scenario.ts';
import { SCENARIOS } from './scripted-server/scenarios/all.ts';
import { startScriptedServer, type ScriptedServer } from './scripted-server/scripted-server.ts';
import { typeQuery } from './type-query.ts';

const FOLDER = path.resolve(import.meta.dirname, 'results/shots');
const SIZES = [
  { width: 1440, height: 900 },
  { width: 768, height: 1024 },
  { width: 390, height: 844 },
] as const;
const THEMES = ['light', 'dark'] as const;

/** In narrow windows the list lies under a button. */
async function openList(page: Page): Promise<void> {
  const button = page.getByRole('button', { name: 'Chats', exact: true });
  if (await button.isVisible()) await button.click();
}

/** What has to be done to the page before a state is to be seen. */
const STEPS: Readonly<Record<string, (page: Page, server: ScriptedServer) => Promise<void>>> = {
  async picker(page) {
    await page.getByRole('button', { name: /^Model:/ }).click();
    await page.getByRole('dialog', { name: 'Choose a model' }).waitFor();
  },
  list: openList,
  async panel(page) {
    await page.getByRole('button', { name: 'Details', exact: true }).click();
    await page.getByRole('complementary', { name: 'Details' }).getByText('Finished').waitFor();
  },
  async settings(page) {
    await page.getByRole('button', { name: 'Settings of this chat' }).click();
    await page.getByLabel('Instructions').waitFor();
  },
  async organised(page) {
    await openList(page);
    for (const name of ['Work', 'Archive']) await page.getByRole('button', { name, exact: true }).click();
    await page.getByRole('link', { name: 'Old plans' }).waitFor();
  },
  async deleted(page) {
    await openList(page);
    const list = page.getByRole('navigation', { name: 'Chats' });
    await list.getByRole('link', { name: 'Refactor the queue tests' }).hover();
    await list.getByRole('button', { name: 'More for “Refactor the queue tests”' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Undo' }).waitFor();
  },
  async attaching(page) {
    await page.getByLabel('Files to attach').setInputFiles([
      { name: 'deploy-notes.md', mimeType: 'text/markdown', buffer: Buffer.from('# Notes\n'.repeat(900)) },
      { name: 'everything.zip', mimeType: 'application/zip', buffer: Buffer.from('PK') },
    ]);
    await page.getByText('everything.zip').waitFor();
    await page.getByText(/scripted server/).waitFor();
    await page.getByRole('textbox', { name: 'Message' }).fill('What do these say about checkpoints?');
  },
  async 'new-temporary'(page) {
    await page.getByRole('button', { name: 'Temporary chat' }).click();
  },
  async keys(page) {
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  },
  async 'picker-search'(page) {
    await page.getByRole('button', { name: /^Model:/ }).click();
    await page.getByRole('searchbox', { name: 'Find a model' }).fill('phi');
  },
  async folder(page) {
    await openList(page);
    const list = page.getByRole('navigation', { name: 'Chats' });
    await list.getByRole('link', { name: 'Refactor the queue tests' }).hover();
    await list.getByRole('button', { name: 'More for “Refactor the queue tests”' }).click();
    await page.getByRole('menuitem', { name: 'Move to a folder' }).click();
    await page.getByLabel('Name of the folder').waitFor();
  },
  async menu(page) {
    await openList(page);
    const list = page.getByRole('navigation', { name: 'Chats' });
    await list.getByRole('link', { name: 'Refactor the queue tests' }).hover();
    await list.getByRole('button', { name: 'More for “Refactor the queue tests”' }).click();
    await page.getByRole('menu').waitFor();
  },
  async offline(page) {
    await page.getByText('The server is away.').waitFor();
    await page.locator('.banner').waitFor();
  },
  async away(page, server) {
    server.setAway(true);
    await page.clock.fastForward(2000);
    await page.getByText('Reconnecting').waitFor();
    await openList(page);
  },
  async 'held-back'(page) {
    await page.getByText('Answers come in one piece').waitFor();
  },
  async 'messages-wait'(page, server) {
    server.failPosts({ status: 409, code: 'generation_running' });
    for (const text of ['And what is a checkpoint?', 'How large may the log become?', 'Does a backup need it?']) {
      await page.getByRole('textbox', { name: 'Message' }).fill(text);
      await page.getByRole('textbox', { name: 'Message' }).press('Enter');
    }
    await page.getByText('3rd in line').waitFor();
    server.failPosts(undefined);
  },
  async refused(page, server) {
    server.failPosts({ status: 429, code: 'queue_full' });
    await page.getByRole('textbox', { name: 'Message' }).fill('And what is a checkpoint?');
    await page.getByRole('textbox', { name: 'Message' }).press('Enter');
    await page.getByText('Too many requests are waiting').waitFor();
    server.failPosts(undefined);
  },
  async 'not-done'(page, server) {
    server.failPosts({ status: 429, code: 'queue_full' });
    await page.getByRole('button', { name: 'Regenerate' }).last().click();
    await page.getByText('No new answer was begun').waitFor();
    server.failPosts(undefined);
  },
  async editing(page) {
    await page.getByRole('textbox', { name: 'Message' }).press('ArrowUp');
    await page.getByText('Editing a question').waitFor();
  },
  async 'newer-page'(page, server) {
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    server.update('page');
    await page.evaluate(async () => void (await (await navigator.serviceWorker.ready).update()));
    await page.getByText('The server has a newer version').waitFor();
  },
  async importing(page) {
    await openList(page);
    await page
      .getByLabel('File with chats')
      .setInputFiles({ name: 'notes.json', mimeType: 'application/json', buffer: Buffer.from('not JSON') });
    await page.getByText('Nothing was imported').waitFor();
  },
  async rename(page) {
    await openList(page);
    const list = page.getByRole('navigation', { name: 'Chats' });
    await list.getByRole('link', { name: 'Refactor the queue tests' }).hover();
    await list.getByRole('button', { name: 'More for “Refactor the queue tests”' }).click();
    await page.getByRole('menuitem', { name: 'Rename' }).click();
    await list.getByRole('textbox').waitFor();
  },
  async 'graphics-list'(page) {
    await page.getByRole('button', { name: /^Model:/ }).click();
    await page.getByRole('dialog', { name: 'Choose a model' }).waitFor();
  },
  graphics: openList,
  'graphics-unknown': openList,
  async 'sent-while-away'(page, server) {
    server.failPosts('cut');
    await page.getByRole('textbox', { name: 'Message' }).fill('And what is a checkpoint?');
    await page.getByRole('textbox', { name: 'Message' }).press('Enter');
    await page.getByText('The server did not answer').first().waitFor();
    server.failPosts(undefined);
  },
  async reconnecting(page, server) {
    server.setAway(true);
    await page.getByText('Reconnecting').waitFor();
  },
};
const EXTRA: Readonly<Record<string, string>> = {
  list: 'new-chat',
  keys: 'thread',
  'picker-search': 'picker',
  folder: 'organised',
  menu: 'thread',
  offline: 'first-run',
  'sent-while-away': 'thread',
  reconnecting: 'answering',
  deleted: 'thread',
  attaching: 'panel',
  'new-temporary': 'new-chat',
  away: 'answering',
  'messages-wait': 'answering',
  refused: 'thread',
  'not-done': 'thread',
  editing: 'thread',
  'newer-page': 'thread',
  importing: 'thread',
  rename: 'thread',
  'graphics-list': 'graphics',
};

/** States in which the browser complains, because something cannot be had. */
const BROKEN: ReadonlySet<string> = new Set([
  'reconnecting',
  'away',
  'attaching',
  'offline',
  'sent-while-away',
  'messages-wait',
  'refused',
  'not-done',
  'importing',
  'token',
  'missing',
]);
/** In these time goes on. */
const MOVING: ReadonlySet<string> = new Set(['reconnecting', 'away', 'offline']);

await using server = await startScriptedServer();
const browser = await launchBrowser();
const wanted = process.argv.slice(2);
await mkdir(FOLDER, { recursive: true });
for (const name of [...Object.keys(SCENARIOS), ...Object.keys(EXTRA)]) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for (const size of SIZES) for (const theme of THEMES) await shoot(browser, { name, size, theme });
}
await browser.close();

/** Whether an answer is being written: how long the chat is then is not known. */
function hasRunning({ conversations, open }: Scenario): boolean {
  return conversations.some(({ id, running_generation_id: running }) => id === open && running !== undefined);
}

interface Shot {
  readonly name: string;
  readonly size: { readonly width: number; readonly height: number };
  readonly theme: 'light' | 'dark';
}

async function shoot(within: Browser, { name, size, theme }: Shot): Promise<void> {
  const scenario = SCENARIOS[EXTRA[name] ?? name];
  if (scenario === undefined) return;
  server.setAway(false);
  server.play(scenario);
  const context = await within.newContext({
    viewport: size,
    colorScheme: theme,
    timezoneId: 'UTC',
    locale: 'en-GB',
    hasTouch: size.width < 640,
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => console.log(`${name}: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' && !BROKEN.has(name) && scenario.hits !== 'away') console.log(`${name}: ${message.text()}`);
  });
  // Time stands still, except where a state is about its passing.
  if (MOVING.has(name)) await page.clock.install({ time: NOW });
  else await page.clock.setFixedTime(NOW);
  // As a browser has it that kept the shell of the page.
  if (name === 'offline') await page.route('**/api/**', (route) => route.abort());
  await page.goto(`${server.url}${scenario.open === undefined ? '/' : `/c/${scenario.open}`}`);
  await page.evaluate(async () => void (await document.fonts.ready));
  await page.waitForLoadState('load');
  await page.locator('.flame').first().waitFor({ state: 'attached' });
  await page.waitForTimeout(200);
  const isIdle = scenario.open !== undefined && scenario.conversations.some(({ id }) => id === scenario.open) && !hasRunning(scenario);
  if (isIdle) await page.locator('.ctx').waitFor();
  if (scenario.query !== undefined) await typeQuery(page, scenario.query);
  await STEPS[name]?.(page, server);
  await page.waitForTimeout(100);
  await page.screenshot({ path: path.join(FOLDER, `${name}-${size.width}-${theme}.png`) });
  await context.close();
}
