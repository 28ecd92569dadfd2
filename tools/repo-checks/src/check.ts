/** The files of the repository, without what is installed or built. Paths start at the root and have slashes. */
export interface Repository {
  readonly paths: readonly string[];
  /** The paths that are committed or will be; among them, by mistake, what is installed or built. */
  readonly tracked: readonly string[];
  /** The text of a file that `paths` names. */
  readonly read: (path: string) => string;
}

/** What one check saw. A check that looked at nothing has failed, whatever it found. */
export interface Outcome {
  readonly looked: number;
  /** Whole sentences that name the place, and what to do instead. */
  readonly findings: readonly string[];
}

export interface Check {
  readonly name: string;
  readonly run: (repository: Repository) => Outcome;
}

/** The findings of a check, among them that it looked at nothing. */
export function findingsOf(check: Check, repository: Repository): readonly string[] {
  const { looked, findings } = check.run(repository);
  return looked === 0 ? ['It looked at nothing, so it says nothing.'] : findings;
}

/** A check that looks at each of some files by itself. */
export function eachFile(
  name: string,
  concerns: (path: string) => boolean,
  look: (file: { readonly path: string; readonly text: string }) => readonly string[],
): Check {
  return {
    name,
    run: ({ paths, read }) => {
      const chosen = paths.filter(concerns);
      return { looked: chosen.length, findings: chosen.flatMap((path) => look({ path, text: read(path) })) };
    },
  };
}

/** Files of TypeScript or JavaScript. */
export function isCode(path: string): boolean {
  return /\.(ts|tsx|mts|mjs|js)$/.test(path);
}

/** Code that only tests use. */
export function isTest(path: string): boolean {
  return /(\.test\.tsx?|-suite\.ts)$/.test(path) || path.includes('/testing/') || /^(e2e|bench)\//.test(path);
}

/** `path:line` of a position in a text. */
export function placeOf(file: { readonly path: string; readonly text: string }, offset: number): string {
  return `${file.path}:${file.text.slice(0, offset).split('\n').length}`;
}
