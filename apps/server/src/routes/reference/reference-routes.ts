import { z } from 'zod';

import { defineRoute } from '../../http/define-route.ts';
import type { Route } from '../../http/define-route.ts';
import { toDocsPage } from '../../openapi/docs-page.ts';
import { DOCS_STYLE } from '../../openapi/docs-style.ts';
import { toOpenApiDocument } from '../../openapi/openapi-document.ts';

/** The routes that describe the routes. Made on first use and kept: the table does not change while the server runs. */
export function referenceRoutes(routes: readonly Route[], version: string): readonly Route[] {
  const all = (): readonly Route[] => [...routes, ...own];
  const openApi = once(() => JSON.stringify(toOpenApiDocument(all(), version)));
  const page = once(() => toDocsPage(all(), version));
  const own: readonly Route[] = [
    defineRoute({
      method: 'GET',
      path: '/openapi.json',
      family: 'reference',
      summary: 'All addresses as an OpenAPI 3.1 document',
      answers: { 200: { description: 'The document', schema: z.record(z.string(), z.unknown()) } },
      problems: [],
      handle: () => ({ kind: 'text', contentType: 'application/json; charset=utf-8', body: openApi() }),
    }),
    defineRoute({
      method: 'GET',
      path: '/docs',
      family: 'reference',
      summary: 'All addresses and problems as a page',
      answers: { 200: { description: 'The page', contentType: 'text/html' } },
      problems: [],
      handle: () => ({ kind: 'text', contentType: 'text/html; charset=utf-8', body: page() }),
    }),
    defineRoute({
      method: 'GET',
      path: '/docs/style.css',
      family: 'reference',
      summary: 'The style of that page',
      access: 'open',
      answers: { 200: { description: 'The style sheet', contentType: 'text/css' } },
      problems: [],
      handle: () => ({ kind: 'text', contentType: 'text/css; charset=utf-8', body: DOCS_STYLE }),
    }),
  ];
  return own;
}

function once(make: () => string): () => string {
  let made: string | undefined;
  return () => (made ??= make());
}
