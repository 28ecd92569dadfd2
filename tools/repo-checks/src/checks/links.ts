import { posix } from 'node:path';
import type { Check, Repository } from '../check.ts';

/** Every link of every document leads to a file, and to a heading of it, that exists. Links to other sites are not followed. */
export const links: Check = {
  name: 'links',
  run: (repository) => {
    const documents = repository.paths.filter((path) => path.endsWith('.md'));
    return { looked: documents.length, findings: documents.flatMap((path) => lookAt(path, repository)) };
  },
};

function lookAt(path: string, { paths, read }: Repository): readonly string[] {
  const known = new Set(paths.flatMap((file) => [file, ...foldersOf(file)]));
  return targetsOf(read(path)).flatMap((target) => {
    if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target)) return [];
    const [file = '', anchor] = target.split('#', 2);
    const to = file === '' ? path : posix.normalize(posix.join(posix.dirname(path), decodeURIComponent(file))).replace(/\/$/, '');
    if (!known.has(to) && to !== '.') return [`${path} links to ${target}, which is not there.`];
    if (anchor === undefined || !to.endsWith('.md')) return [];
    return anchorsOf(read(to)).has(anchor) ? [] : [`${path} links to ${target}, and ${to} has no such heading.`];
  });
}

function foldersOf(file: string): readonly string[] {
  const parts = file.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

function withoutCode(text: string): string {
  return text.replaceAll(/^(```|~~~)[\s\S]*?^\1.*$/gm, '').replaceAll(/`[^`\n]*`/g, '');
}

function targetsOf(text: string): readonly string[] {
  const prose = withoutCode(text);
  const inline = [...prose.matchAll(/\]\(\s*<?([^\s)>]+)>?(?:\s+"[^"]*")?\s*\)/g)];
  const named = [...prose.matchAll(/^\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)/gm)];
  const html = [...prose.matchAll(/<(?:a|img|source)\b[^>]*\b(?:href|src|srcset)="([^"\s]+)/g)];
  return [...inline, ...named, ...html].flatMap((match) => match[1] ?? []);
}

/** The anchors of a document as its readers make them: headings in lower case with hyphens, and ids given by hand. */
function anchorsOf(text: string): ReadonlySet<string> {
  const anchors = new Set([...text.matchAll(/<a id="([^"]+)"/g)].flatMap((match) => match[1] ?? []));
  const seen = new Map<string, number>();
  for (const [, heading = ''] of text.replaceAll(/^(```|~~~)[\s\S]*?^\1.*$/gm, '').matchAll(/^#{1,6}\s+(.+?)\s*#*$/gm)) {
    const plain = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/[`*]/g, '');
    const anchor = plain
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-');
    const count = seen.get(anchor) ?? 0;
    seen.set(anchor, count + 1);
    anchors.add(count === 0 ? anchor : `${anchor}-${count}`);
  }
  return anchors;
}
