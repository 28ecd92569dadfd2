/** Where a value came from. */
export type Origin =
  | { readonly kind: 'flag'; readonly flag: string }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'dotenv'; readonly variable: string; readonly path: string }
  | { readonly kind: 'file'; readonly key: string; readonly path: string; readonly line: number }
  | { readonly kind: 'default' };

/** The origin as a person would say it: `--port on the command line`. */
export function originInWords(origin: Origin): string {
  switch (origin.kind) {
    case 'flag':
      return `--${origin.flag} on the command line`;
    case 'environment':
      return `${origin.variable} in the environment`;
    case 'dotenv':
      return `${origin.variable} in ${origin.path}`;
    case 'file':
      return `${origin.key} in ${origin.path}, line ${origin.line}`;
    case 'default':
      return 'the default';
  }
}
