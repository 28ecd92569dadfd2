import { parseSync } from 'oxc-parser';

export interface Import {
  /** As it is written. */
  readonly specifier: string;
  /** Nothing of it is left when types are stripped. */
  readonly isType: boolean;
  readonly offset: number;
}

/** All that a file imports or re-exports, with `import(…)` of a fixed name. Throws if the file cannot be parsed: an unread file would pass every check. */
export function importsOf(path: string, text: string): readonly Import[] {
  const { module, errors } = parseSync(path, text);
  const [error] = errors;
  if (error !== undefined) throw new Error(`${path} cannot be parsed: ${error.message}`);
  const imports = module.staticImports.map(({ moduleRequest, entries, start }): Import => ({
    specifier: moduleRequest.value,
    isType: entries.length > 0 && entries.every(({ isType }) => isType),
    offset: start,
  }));
  const exports = module.staticExports.flatMap(({ entries }) =>
    entries.flatMap(({ moduleRequest, isType, start }): Import[] =>
      moduleRequest === null ? [] : [{ specifier: moduleRequest.value, isType, offset: start }],
    ),
  );
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest, start }): Import[] => {
    const [, specifier] = /^(?:'([^']*)'|"[^"]*")$/.exec(text.slice(moduleRequest.start, moduleRequest.end)) ?? [];
    return specifier === undefined ? [] : [{ specifier, isType: false, offset: start }];
  });
  return [...imports, ...exports, ...dynamic];
}

/** `@scope/name` of `@scope/name/sub`, `name` of `name/sub`; undefined for a path or a part of Node. */
export function packageOf(specifier: string): string | undefined {
  if (specifier.startsWith('.') || specifier.startsWith('/') || specifier.startsWith('node:')) return undefined;
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
}
