import { posix } from 'node:path';
import { isCode, isTest, placeOf, type Check, type Repository } from '../check.ts';
import { importsOf, packageOf, type Import } from '../imports.ts';

/** Who may import whom of ours: docs/ARCHITECTURE.md has the table in words. `types` may be imported as types alone. */
interface Home {
  readonly name: string;
  readonly may: readonly string[];
  readonly types?: readonly string[];
}

const CONTRACT = '@pilotlight/contract';
const TEST_KIT = '@pilotlight/test-kit';
const PARTS = ['settings', 'gateway', 'chat', 'storage', 'engine-llama-cpp', 'engine-http', 'engine-ollama', 'engine-openai'].map(
  (part) => `@pilotlight/${part}`,
);

const HOMES: Readonly<Record<string, Home>> = {
  'packages/contract': { name: CONTRACT, may: [] },
  'packages/settings': { name: '@pilotlight/settings', may: [] },
  'packages/gateway': { name: '@pilotlight/gateway', may: [CONTRACT] },
  'packages/chat': { name: '@pilotlight/chat', may: [CONTRACT] },
  'packages/engine-llama-cpp': { name: '@pilotlight/engine-llama-cpp', may: [CONTRACT] },
  'packages/engine-http': { name: '@pilotlight/engine-http', may: [CONTRACT] },
  'packages/engine-ollama': { name: '@pilotlight/engine-ollama', may: [CONTRACT, '@pilotlight/engine-http'] },
  'packages/engine-openai': { name: '@pilotlight/engine-openai', may: [CONTRACT, '@pilotlight/engine-http'] },
  'packages/storage': { name: '@pilotlight/storage', may: [CONTRACT], types: ['@pilotlight/chat'] },
  'packages/test-kit': { name: TEST_KIT, may: [CONTRACT] },
  'apps/server': { name: '@pilotlight/server', may: [CONTRACT, ...PARTS] },
  'apps/web': { name: '@pilotlight/web', may: [CONTRACT] },
  'apps/cli': { name: 'pilotlight', may: [CONTRACT, '@pilotlight/settings', '@pilotlight/server', '@pilotlight/storage'] },
  'tools/generate': { name: '@pilotlight/generate', may: [CONTRACT, '@pilotlight/settings'] },
  'tools/repo-checks': { name: '@pilotlight/repo-checks', may: [] },
};

/** What only one home may know. */
const OWNED: Readonly<Record<string, string>> = {
  fastify: 'apps/server',
  'node:sqlite': 'packages/storage',
  'node-llama-cpp': 'packages/engine-llama-cpp',
  undici: 'packages/engine-http',
  react: 'apps/web',
  'react-dom': 'apps/web',
};

/** Judges databases and must share nothing with what writes them, so it reads them by itself. */
const JUDGE = 'packages/test-kit/src/crash/checker/';

/** How Node is started is written once, where it is started; the server takes it from there. */
const LAUNCH = 'scripts/launch.mjs';

interface Manifest {
  readonly name?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

interface Place {
  readonly folder: string;
  readonly home: Home;
  readonly manifest: Manifest;
  readonly path: string;
}

/** The layer table, held against every import of every workspace; and no import of what the workspace does not declare. */
export const layers: Check = {
  name: 'layers',
  run: (repository) => {
    const folders = new Set(
      repository.paths.flatMap((path) => /^(?:apps|packages|tools)\/[^/]+(?=\/package\.json$)/.exec(path)?.[0] ?? []),
    );
    const findings = [...folders].flatMap((folder) => lookAtWorkspace(folder, repository));
    const empty = Object.keys(HOMES).filter((folder) => folders.has(folder) && sourcesOf(folder, repository).length === 0);
    return {
      looked: [...folders].reduce((sum, folder) => sum + sourcesOf(folder, repository).length, 0),
      findings: [...findings, ...empty.map((folder) => `${folder} has no source that could be looked at.`)],
    };
  },
};

function sourcesOf(folder: string, { paths }: Repository): readonly string[] {
  return paths.filter((path) => path.startsWith(`${folder}/src/`) && isCode(path));
}

function lookAtWorkspace(folder: string, repository: Repository): readonly string[] {
  const home = HOMES[folder];
  if (home === undefined) return [`${folder} is not in the layer table. Add it to tools/repo-checks and to docs/ARCHITECTURE.md.`];
  const manifest = JSON.parse(repository.read(`${folder}/package.json`)) as Manifest;
  return sourcesOf(folder, repository).flatMap((path) => {
    const text = repository.read(path);
    return importsOf(path, text).flatMap((imported) => {
      const reason = whyNot(imported, { folder, home, manifest, path });
      return reason === undefined ? [] : [`${placeOf({ path, text }, imported.offset)} imports ${imported.specifier}: ${reason}`];
    });
  });
}

function whyNot(imported: Import, place: Place): string | undefined {
  const { specifier } = imported;
  if (specifier.startsWith('.'))
    return leavesHome(specifier, place) ? 'a path out of its own home. Import the other package by its name.' : undefined;
  const name = packageOf(specifier) ?? specifier;
  const owner = OWNED[name];
  const isJudge = name === 'node:sqlite' && place.path.startsWith(JUDGE);
  if (owner !== undefined && owner !== place.folder && !isTest(place.path) && !isJudge) return `only ${owner} may know it.`;
  if (specifier.startsWith('node:')) {
    return place.folder === 'apps/web' && !isTest(place.path) ? 'the page runs in a browser and knows no Node.' : undefined;
  }
  return isOurs(name) ? whyNotOurs(imported, name, place) : whyNotDeclared(name, place);
}

function leavesHome(specifier: string, { folder, path }: Place): boolean {
  const target = posix.join(posix.dirname(path), specifier);
  return !target.startsWith(`${folder}/`) && !(folder === 'apps/server' && target === LAUNCH);
}

function isOurs(name: string): boolean {
  return name.startsWith('@pilotlight/') || name === 'pilotlight';
}

function whyNotOurs({ specifier, isType }: Import, name: string, place: Place): string | undefined {
  const { home, path } = place;
  if (name === home.name) return 'itself by its name. Use a relative path.';
  const forTests = name === TEST_KIT || specifier === `${CONTRACT}/testing`;
  if (forTests && !isTest(path) && home.name !== TEST_KIT) return 'it is for tests alone.';
  const isAllowed = home.may.includes(name) || forTests || (home.types?.includes(name) === true && (isType || isTest(path)));
  if (!isAllowed && home.types?.includes(name) === true) return 'only its types may be imported here ("import type").';
  if (!isAllowed) return `the layer table does not allow it; this home may import ${home.may.join(', ') || 'nothing of ours'}.`;
  return whyNotDeclared(name, place);
}

function whyNotDeclared(name: string, { manifest, path, folder }: Place): string | undefined {
  const isDeclared = name in (manifest.dependencies ?? {}) || (mayUseDev(path, folder) && name in (manifest.devDependencies ?? {}));
  if (isDeclared || (isTest(path) && ROOT_TOOLS.has(name))) return undefined;
  return `it is not among the dependencies of ${folder}/package.json.`;
}

/** What the root declares for the tests of all. */
const ROOT_TOOLS = new Set(['vitest', 'fast-check']);

/** The page is bundled: what it needs at run time and while it is built is the same to it. */
function mayUseDev(path: string, folder: string): boolean {
  return isTest(path) || folder === 'apps/web';
}
