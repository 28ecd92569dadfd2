import { PROBLEMS } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { ROUTES } from '../routes/route-table.ts';
import { startTestServer } from '../testing/start-test-server.ts';
import { toDocsPage } from './docs-page.ts';
import { toOpenApiDocument } from './openapi-document.ts';

describe('the OpenAPI document', () => {
  const document = toOpenApiDocument(ROUTES, '0.1.0');
  const text = JSON.stringify(document);

  it('refers only to what it holds', () => {
    const names = Object.keys((document['components'] as { schemas: object }).schemas);
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1]);
    expect(references.length).toBeGreaterThan(50);
    expect(new Set(references).difference(new Set(names.map((name) => `#/components/schemas/${name}`)))).toEqual(new Set());
    expect(text).not.toContain('$defs');
  });

  it('gives each operation an id of its own', () => {
    const ids = [...text.matchAll(/"operationId":"([^"]+)"/g)].map((match) => match[1]);
    expect(new Set(ids).size).toBe(ROUTES.length);
  });
});

describe('the reference page', () => {
  const page = toDocsPage(ROUTES, '0.1.0');

  it('has every route and the words of every problem', () => {
    for (const route of ROUTES) expect(page).toContain(`<code>${route.path}</code>`);
    for (const code of Object.keys(PROBLEMS)) expect(page).toContain(`id="problem-${code}"`);
  });

  it('works under its policy: no script, no inline style, nothing from elsewhere', () => {
    expect(page).not.toMatch(/<script|<style|style=|onclick=|https?:\/\//);
  });

  it('is where the type of a problem leads', async () => {
    await using server = await startTestServer();
    const problem = (await (await fetch(`${server.url}/api/models/none`)).json()) as { type: string };
    const target = new URL(problem.type, server.url);
    expect(await (await fetch(target)).text()).toContain(`id="${target.hash.slice(1)}"`);
    expect((await fetch(`${server.url}/openapi.json`)).headers.get('content-type')).toContain('application/json');
  });
});
