/** One file of the built page, and its compressed forms if the build made them. */
export interface PageFile {
  /** On the disk. */
  readonly path: string;
  readonly contentType: string;
  /** Named after its content, so that it never changes. */
  readonly isImmutable: boolean;
  readonly encodings: ReadonlyMap<Encoding, string>;
}

export type Encoding = 'br' | 'gzip';

const SUFFIXES: Readonly<Record<string, Encoding>> = { '.br': 'br', '.gz': 'gzip' };

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  map: 'application/json; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  webmanifest: 'application/manifest+json',
  woff2: 'font/woff2',
};

const HASHED = /^\/assets\/.+[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$/;
const CONVERSATION = /^\/c\/[A-Za-z0-9_-]{1,64}$/;

/**
 * The files of the page by the exact address each is served at. What is not in this table is not served, so no spelling of a path reaches beyond it.
 * `paths` are relative to the folder, with slashes.
 */
export function toPageFiles(folder: string, paths: readonly string[]): ReadonlyMap<string, PageFile> {
  const all = new Set(paths);
  const files = new Map<string, PageFile>();
  for (const path of paths) {
    const contentType = CONTENT_TYPES[extensionOf(path)];
    if (contentType === undefined) continue;
    const address = `/${path}`;
    const encodings = Object.entries(SUFFIXES).flatMap(([suffix, encoding]) =>
      all.has(`${path}${suffix}`) ? [[encoding, `${folder}/${path}${suffix}`] as const] : [],
    );
    files.set(address, { path: `${folder}/${path}`, contentType, isImmutable: HASHED.test(address), encodings: new Map(encodings) });
  }
  return files;
}

/** The file for an address: its own, or the page itself at `/` and at the addresses of conversations. */
export function findPageFile(files: ReadonlyMap<string, PageFile>, path: string): PageFile | undefined {
  if (path === '/' || CONVERSATION.test(path)) return files.get('/index.html');
  return files.get(path);
}

/** Addresses of programs: what is not there is a problem document for everybody. */
const FOR_PROGRAMS = /^\/(?:api|v1)(?:\/|$)/;

/** Whether somebody looks at this address with a browser, who is better served by the page than by a problem document. */
export function isForPeople(request: { readonly method: string; readonly path: string; readonly accept: string | undefined }): boolean {
  const { method, path, accept } = request;
  return (method === 'GET' || method === 'HEAD') && !FOR_PROGRAMS.test(path) && /\btext\/html\b/.test(accept ?? '');
}

export interface Representation {
  readonly path: string;
  readonly encoding: Encoding | undefined;
}

/** The form of a file that the client can read and that takes least on the way. */
export function chooseRepresentation(file: PageFile, acceptEncoding: string | undefined): Representation {
  for (const encoding of ['br', 'gzip'] as const) {
    const path = file.encodings.get(encoding);
    if (path !== undefined && accepts(acceptEncoding, encoding)) return { path, encoding };
  }
  return { path: file.path, encoding: undefined };
}

function accepts(header: string | undefined, encoding: Encoding): boolean {
  if (header === undefined) return false;
  return header.split(',').some((item) => {
    const [name = '', ...parameters] = item.split(';').map((part) => part.trim().toLowerCase());
    return name === encoding && !parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter));
  });
}

export function cacheControlOf(file: PageFile): string {
  return file.isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache';
}

function extensionOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1).toLowerCase();
}
