import { expect, test } from 'vitest';
import { startProduct } from './start-product.ts';

const ENDS_WITHIN_MS = 5_000;

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url)).ok;
  } catch {
    return false;
  }
}

test('npm start prints its address, its engines and its models, and serves the page there', async () => {
  await using product = await startProduct();
  const page = await fetch(`${product.url}/`);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('<title>Pilotlight</title>');
  expect(product.output()).toContain('pilot:latest');
});

test.each(['SIGTERM', 'SIGINT'] as const)('%s to npm ends all that it started, the server and the engine too', async (signal) => {
  await using product = await startProduct();
  expect(await answers(`${product.url}/health`)).toBe(true);
  const asked = Date.now();
  product.process.kill(signal);
  await product.ended;
  while (Date.now() - asked < ENDS_WITHIN_MS && (await answers(`${product.url}/livez`)))
    await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await answers(`${product.url}/livez`)).toBe(false);
  expect(Date.now() - asked).toBeLessThan(ENDS_WITHIN_MS);
});

test('a wrong setting ends the start with its name and what would be right', async () => {
  await expect(startProduct({ environment: { MODEL_RETRIES: 'many' } })).rejects.toThrow(
    /MODEL_RETRIES: "many" .* whole number from 1 to 20/,
  );
});
