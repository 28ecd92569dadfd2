import { Problem } from '@pilotlight/contract';

interface Schema {
  safeParse(value: unknown): {
    readonly success: boolean;
    readonly error?: { readonly issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[] } | undefined;
  };
}

/** Throws `Problem('invalid_request')` for a value that the schema refuses; `field` is its name, where it is not the schema's own. */
export function check(schema: Schema, value: unknown, field?: string): void {
  const issue = schema.safeParse(value).error?.issues[0];
  if (issue === undefined) return;
  const path = field ?? issue.path.map(String).join('.');
  throw new Problem(
    'invalid_request',
    path === '' ? `It needs ${issue.message}.` : `${path}: ${issue.message}`,
    path === '' ? {} : { field: path },
  );
}
