import { placeOf, type Check, type Repository } from '../check.ts';

const CODE = /`([^`\n]+)`/g;
const SCRIPT = /\bnpm (?:run )?(?:-s )?([a-z][\w:-]*)/g;
/** What npm itself does. */
const OF_NPM: ReadonlySet<string> = new Set(['run', 'install', 'ci']);
const PATH = /^(?:apps|packages|tools|scripts|docs|bench|e2e|models|deploy)\/[\w./-]+$/;
const BLOCK = /^```[^\n]*\n([\s\S]*?)^```/gm;

/** Every script of npm and every file of the repository that a document speaks of is there, and every decision is in their list. Links are looked at elsewhere. */
export const mentions: Check = {
  name: 'mentions',
  run: (repository) => {
    const documents = repository.paths.filter((path) => path.endsWith('.md') && path !== 'CHANGELOG.md');
    const known = { scripts: scriptsOf(repository), places: placesOf(repository) };
    const findings = documents.flatMap((path) => lookAt({ path, text: repository.read(path) }, known));
    return { looked: documents.length, findings: [...findings, ...unlistedDecisions(repository)] };
  },
};

const DECISIONS = 'docs/decisions/';

function unlistedDecisions({ paths, read }: Repository): readonly string[] {
  const index = `${DECISIONS}README.md`;
  const list = paths.includes(index) ? read(index) : '';
  const decisions = paths.filter((path) => path.startsWith(DECISIONS) && path.endsWith('.md') && path !== index);
  return decisions
    .filter((path) => !list.includes(`(${path.slice(DECISIONS.length)})`))
    .map((path) => `${path} is not listed in ${index}.`);
}

interface Known {
  readonly scripts: ReadonlySet<string>;
  readonly places: ReadonlySet<string>;
}

function scriptsOf({ paths, read }: Repository): ReadonlySet<string> {
  if (!paths.includes('package.json')) return new Set();
  const { scripts = {} } = JSON.parse(read('package.json')) as { scripts?: Record<string, string> };
  return new Set(Object.keys(scripts));
}

/** Files and the folders that they are in. */
function placesOf({ paths }: Repository): ReadonlySet<string> {
  const folders = paths.flatMap((path) => path.split('/').map((_, index, parts) => parts.slice(0, index).join('/')));
  return new Set([...paths, ...folders]);
}

function lookAt(file: { readonly path: string; readonly text: string }, { scripts, places }: Known): readonly string[] {
  const codes = [...file.text.matchAll(CODE), ...file.text.matchAll(BLOCK)].map((match) => ({ code: match[1] ?? '', at: match.index }));
  return codes.flatMap(({ code, at }) => {
    const place = placeOf(file, at);
    const missing = [...code.matchAll(SCRIPT)].flatMap(([, name = '']) => (OF_NPM.has(name) || scripts.has(name) ? [] : [name]));
    const path = PATH.test(code) ? code.replace(/\/$/, '') : undefined;
    return [
      ...missing.map((name) => `${place} speaks of "npm run ${name}", which package.json does not have.`),
      ...(path === undefined || places.has(path) ? [] : [`${place} speaks of ${path}, which is not there.`]),
    ];
  });
}
