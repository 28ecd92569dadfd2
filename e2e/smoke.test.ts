import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startProduct } from './start-product.ts';

const script = join(import.meta.dirname, '..', 'scripts', 'smoke-test.sh');

function smoke(url: string): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn('bash', [script, url], { stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('close', (code) => resolve({ code, output }));
  });
}

test('the smoke test passes against a real server with the pilot model', async () => {
  await using product = await startProduct();
  const { code, output } = await smoke(product.url);
  expect(output).not.toContain('FAIL');
  expect(output).toMatch(/^PASS/m);
  expect(code).toBe(0);
});

test('the smoke test fails where nobody serves', async () => {
  await using product = await startProduct();
  const { url } = product;
  await product[Symbol.asyncDispose]();
  process.env['SMOKE_PATIENCE'] = '1';
  const { code } = await smoke(url);
  expect(code).not.toBe(0);
});
