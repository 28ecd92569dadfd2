import { expect, test } from 'vitest';
import { startProduct } from './start-product.ts';

/** It is 5 s on a machine that has nothing else to do. */
const ENDS_WITHIN_MS = 30_000;

/** Whether anything that npm started, directly or not, is left. */
function isGroupAlive(pid: number | undefined): boolean {
  try {
    return process.kill(-(pid ?? 0), 0);
  } catch {
    return false;
  }
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

/** Looks again and again until it is so, or the time is up. */
async function becomes(isSo: () => boolean | Promise<boolean>, limitMs: number): Promise<boolean> {
  const start = Date.now();
  while (Date.now() - start < limitMs) {
    if (await isSo()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
}

test('npm start prints its address, its engines and its models, and serves the page there', async () => {
  await using product = await startProduct();
  const page = await fetch(`${product.url}/`);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('<title>Pilotlight</title>');
  expect(await becomes(() => /Engines[\s\S]*Models[\s\S]*pilot:latest/.test(product.output()), 30_000), product.output()).toBe(true);
});

test('SIGTERM to npm ends all that it started', async () => {
  await using product = await startProduct();
  expect(await answers(`${product.url}/livez`)).toBe(true);
  product.process.kill('SIGTERM');
  expect(await becomes(() => !isGroupAlive(product.process.pid), ENDS_WITHIN_MS)).toBe(true);
  expect(await answers(`${product.url}/livez`)).toBe(false);
});

test('Ctrl-C, which a terminal sends to all of them, ends them too', async () => {
  await using product = await startProduct();
  process.kill(-(product.process.pid ?? 0), 'SIGINT');
  expect(await becomes(() => !isGroupAlive(product.process.pid), ENDS_WITHIN_MS)).toBe(true);
  // An end that was forced, as by two times Ctrl-C, says nothing of this.
  expect(product.output()).toMatch(/"event":"server_stopped"/);
});

test('a wrong setting ends the start with its name and what would be right', async () => {
  await expect(startProduct({ environment: { MODEL_RETRIES: 'many' } })).rejects.toThrow(
    /MODEL_RETRIES: "many" .* whole number from 1 to 20/,
  );
});
