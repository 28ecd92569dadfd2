import { isCode, type Check } from '../check.ts';

const BANNED_FOLDERS = new Set(['utils', 'util', 'helpers', 'helper', 'shared', 'common', 'misc', 'core', 'lib', 'libs']);
const SPELLING = /^[a-z0-9]+(-[a-z0-9]+)*(\.(test|config|d|setup))*\.(ts|tsx|mts|mjs|js|css|sh)$/;

/** Files in kebab-case, folders that say what is in them, and `index.ts` only where a package's `exports` points. */
export const names: Check = {
  name: 'names',
  run: ({ paths, read }) => {
    const chosen = paths.filter((path) => isCode(path) || /\.(css|sh)$/.test(path));
    const entries = new Set(
      paths.filter((path) => /^(apps|packages|tools)\/[^/]+\/package\.json$/.test(path)).flatMap((path) => entriesOf(path, read(path))),
    );
    const findings = chosen.flatMap((path) => {
      const folders = path.split('/').slice(0, -1);
      const file = path.slice(path.lastIndexOf('/') + 1);
      const banned = folders.find((folder) => BANNED_FOLDERS.has(folder.toLowerCase()));
      return [
        ...(banned === undefined
          ? []
          : [`${path} is in a folder called "${banned}". Put it beside its only user, or name the folder after what is in it.`]),
        ...(SPELLING.test(file) ? [] : [`${path} must be in kebab-case and named after what it exports.`]),
        ...(/^index\.tsx?$/.test(file) && !entries.has(path)
          ? [`${path} is an index that no "exports" points at. Import the files themselves.`]
          : []),
      ];
    });
    return { looked: chosen.length, findings };
  },
};

function entriesOf(manifestPath: string, text: string): readonly string[] {
  const { exports } = JSON.parse(text) as { readonly exports?: string | Readonly<Record<string, string>> };
  const targets = typeof exports === 'string' ? [exports] : Object.values(exports ?? {});
  return targets.map((target) => manifestPath.replace('package.json', target.replace('./', '')));
}
