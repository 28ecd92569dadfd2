import type { Check } from '../check.ts';

const REGISTRY = 'https://registry.npmjs.org/';

/** Licences that a product under Apache-2.0 may depend on. MPL-2.0 holds for its own files alone, OFL-1.1 for fonts. */
const LICENCES = new Set([
  'MIT',
  'MIT-0',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'CC0-1.0',
  'Unlicense',
  'Python-2.0',
  'PSF-2.0',
  'MPL-2.0',
  'OFL-1.1',
]);

interface Locked {
  readonly name?: string;
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly link?: boolean;
  readonly inBundle?: boolean;
  readonly os?: readonly string[];
  readonly hasInstallScript?: boolean;
}

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/**
 * Packages of the engine for platforms that this registry copy did not have when they were locked: their version is exact, their hash is not known.
 * Taken away as soon as the lock file has it.
 */
const WITHOUT_HASH = /^node_modules\/@node-llama-cpp\/(mac|win)-/;

type LockedEntry = readonly [path: string, locked: Locked];

function lockedOf(text: string): readonly LockedEntry[] {
  const { packages = {} } = JSON.parse(text) as { readonly packages?: Readonly<Record<string, Locked>> };
  return Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && link !== true);
}

function checkLock(name: string, look: (path: string, locked: Locked) => readonly string[]): Check {
  return {
    name,
    run: ({ paths, read }) => {
      const locked = paths.includes('package-lock.json') ? lockedOf(read('package-lock.json')) : [];
      return { looked: locked.length, findings: locked.flatMap(([path, entry]) => look(path, entry)) };
    },
  };
}

/** Every package is one exact thing from the public registry, proved by its hash. */
export const lockFile: Check = checkLock('lock file', (path, { resolved, integrity, inBundle }) => {
  const from =
    resolved !== undefined && !resolved.startsWith(REGISTRY)
      ? [`${path} is locked to ${new URL(resolved).host}. Lock it to the public registry.`]
      : [];
  const isProved = integrity?.startsWith('sha512-') === true || inBundle === true || WITHOUT_HASH.test(path);
  return isProved ? from : [...from, `${path} is locked without a hash. Install it again.`];
});

/** Every package has a licence that we may depend on. */
export const licences: Check = checkLock('licences', (path, { license, inBundle }) => {
  if (license === undefined) return inBundle === true ? [] : [`${path} names no licence.`];
  return isAllowed(license) ? [] : [`${path} is under ${license}, which is not among the licences that may be used.`];
});

function isAllowed(expression: string): boolean {
  const plain = expression.replace(/^\((.*)\)$/, '$1');
  if (plain.includes(' OR ')) return plain.split(' OR ').some(isAllowed);
  return plain.split(' AND ').every((licence) => LICENCES.has(licence));
}

/** Every dependency is written with its exact version, the same in every workspace, and no package runs a script when it is installed. */
export const manifests: Check = {
  name: 'manifests',
  run: ({ paths, read }) => {
    const chosen = paths.filter((path) => /^((apps|packages|tools)\/[^/]+\/)?package\.json$/.test(path));
    const seen = new Map<string, readonly [version: string, path: string]>();
    const findings = chosen.flatMap((path) => {
      const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read(path)) as Manifest;
      return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies }).flatMap(([name, version]) => {
        const [otherVersion, otherPath] = seen.get(name) ?? [version, path];
        seen.set(name, [otherVersion, otherPath]);
        return [
          ...(/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version) ? [] : [`${path} wants ${name} ${version}. Write the exact version.`]),
          ...(otherVersion === version ? [] : [`${path} wants ${name} ${version}, and ${otherPath} ${otherVersion}. Use one.`]),
        ];
      });
    });
    const runsNoScripts = paths.includes('.npmrc') && /^ignore-scripts=true$/m.test(read('.npmrc'));
    return { looked: chosen.length, findings: runsNoScripts ? findings : [...findings, '.npmrc must say ignore-scripts=true.'] };
  },
};
