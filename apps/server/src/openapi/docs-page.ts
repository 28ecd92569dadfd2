import { PROBLEMS } from '@pilotlight/contract';
import { z } from 'zod';

import type { AnswerSpec, Route } from '../http/define-route.ts';
import { problemsOf } from './openapi-document.ts';

/** The reference of all routes and problems as one page: no script, no inline style, nothing from elsewhere. */
export function toDocsPage(routes: readonly Route[], version: string): string {
  const families = Map.groupBy(routes, (route) => route.family);
  const links = [...families.keys(), 'problems'].map((name) => `<li><a href="#${name}">${name}</a></li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Pilotlight API</title>
<link rel="stylesheet" href="/docs/style.css">
</head>
<body>
<main>
<header>
<h1>Pilotlight API</h1>
<p>Version ${escape(version)}. Bodies and answers are JSON with snake_case names; errors are problem documents (RFC 9457) with a stable code and what to do about it.
Event streams are <code>text/event-stream</code>, each event one JSON object whose <code>type</code> is also the event's name, with a comment line every 10 s.
For programs: <a href="/openapi.json">openapi.json</a>. The chat page: <a href="/">/</a>.</p>
</header>
<nav aria-label="Families"><ul>${links.join('')}</ul></nav>
${[...families].map(([family, members]) => toFamily(family, members)).join('\n')}
<h2 id="problems">problems</h2>
${Object.entries(PROBLEMS)
  .map(([code, kind]) => toProblemSection(code, kind))
  .join('\n')}
</main>
</body>
</html>
`;
}

function toFamily(family: string, routes: readonly Route[]): string {
  return `<h2 id="${family}">${family}</h2>\n${routes.map(toRouteSection).join('\n')}`;
}

function toRouteSection(route: Route): string {
  const facts = [
    `<b>${route.method}</b>`,
    ...(route.isStream ? ['event stream'] : []),
    ...(route.stateChanging ? ['changes something'] : []),
    ...(route.access === 'open' ? ['without a token'] : []),
  ];
  const details = [
    toSchemaBlock('Path', route.params, 'input'),
    toSchemaBlock('Query', route.query, 'input'),
    toSchemaBlock('Body', route.body, 'input'),
    ...Object.entries(route.answers).map(([status, answer]) => toAnswerBlock(status, answer)),
    `<details><summary>Problems</summary><p>${problemsOf(route)
      .map((code) => `<a href="#problem-${code}">${code}</a> (${PROBLEMS[code].status})`)
      .join(', ')}</p></details>`,
  ];
  return `<section class="route" id="${anchorOf(route)}">
<div class="margin">${facts.join('<br>')}</div>
<div>
<h3><code>${escape(route.path)}</code></h3>
<p>${escape(route.summary)}.${route.description === undefined ? '' : ` ${escape(route.description)}`}</p>
${details.filter((block) => block !== '').join('\n')}
</div>
</section>`;
}

function anchorOf(route: Route): string {
  return `${route.method.toLowerCase()}${route.path.replaceAll(/[^A-Za-z0-9]+/g, '-').replace(/-$/, '')}`;
}

function toAnswerBlock(status: string, { description, schema, contentType }: AnswerSpec): string {
  const kind = contentType === 'text/event-stream' ? ', each event' : '';
  const title = `${status}${kind}: ${description}`;
  return schema === undefined ? `<p>${escape(title)}.</p>` : toSchemaBlock(title, schema, 'output');
}

function toSchemaBlock(title: string, schema: z.ZodType | undefined, io: 'input' | 'output'): string {
  if (!schema) return '';
  const { $schema: _dialect, ...own } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return `<details><summary>${escape(title)}</summary><pre tabindex="0"><code>${escape(JSON.stringify(own, undefined, 2))}</code></pre></details>`;
}

function toProblemSection(code: string, { status, title, remedy }: { status: number; title: string; remedy: string }): string {
  return `<section class="route" id="problem-${code}">
<div class="margin"><b>${status}</b></div>
<div><h3><code>${code}</code></h3><p>${escape(title)}. ${escape(remedy)}</p></div>
</section>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
