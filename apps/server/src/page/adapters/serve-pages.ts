import { createReadStream, readdirSync, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { sep } from 'node:path';
import { pipeline } from 'node:stream';

import { Problem } from '@pilotlight/contract';

import { writeProblem } from '../../http/adapters/node-server.ts';
import type { Pages } from '../../http/create-app.ts';
import { pathOf } from '../../http/exchange.ts';
import { cacheControlOf, chooseRepresentation, findPageFile, isForPeople, toPageFiles } from '../page-files.ts';
import type { PageFile } from '../page-files.ts';

/** Serves the built page from its folder, whose files are listed once; an empty or missing folder serves nothing. */
export function createPages(folder: string): Pages {
  const files = toPageFiles(folder, listFiles(folder));

  function serve(request: IncomingMessage, response: ServerResponse): void {
    const file = findPageFile(files, pathOf(request.url ?? ''));
    if (!file) return writeProblem(response, new Problem('not_found', 'No file of the page has this address.', { field: 'path' }));
    send(file, { request, response, status: 200 });
  }

  function send(file: PageFile, { request, response, status }: Exchange & { readonly status: number }): void {
    const accept = request.headers['accept-encoding'];
    const { path, encoding } = chooseRepresentation(file, Array.isArray(accept) ? accept.join(',') : accept);
    const facts = statSync(path, { throwIfNoEntry: false });
    if (!facts) return writeProblem(response, new Problem('not_found', 'The page was built anew. Load it again.', { field: 'path' }));
    const tag = `"${facts.size.toString(36)}-${Math.round(facts.mtimeMs).toString(36)}"`;
    const headers = {
      'cache-control': cacheControlOf(file),
      etag: tag,
      ...(file.encodings.size > 0 ? { vary: 'accept-encoding' } : {}),
    };
    if (status === 200 && request.headers['if-none-match'] === tag) {
      response.writeHead(304, headers).end();
      return;
    }
    response.writeHead(status, {
      ...headers,
      'content-type': file.contentType,
      'content-length': facts.size,
      ...(encoding === undefined ? {} : { 'content-encoding': encoding }),
    });
    if (request.method === 'HEAD') response.end();
    // A failure here breaks the connection, which is all that can still be said.
    else pipeline(createReadStream(path), response, () => {});
  }

  function serveInstead(request: IncomingMessage, response: ServerResponse, status: number): boolean {
    const page = findPageFile(files, '/');
    const { method = '', url = '', headers } = request;
    if (!page || !isForPeople({ method, path: pathOf(url), accept: headers.accept })) return false;
    send(page, { request, response, status });
    return true;
  }

  return { has: (path) => findPageFile(files, path) !== undefined, serve, serveInstead };
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/** All plain files below the folder, relative to it, with slashes. */
function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => `${entry.parentPath}${sep}${entry.name}`.slice(folder.length + 1).replaceAll(sep, '/'));
  } catch {
    return [];
  }
}
