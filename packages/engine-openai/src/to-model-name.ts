import { modelNameSchema, withTag } from '@pilotlight/contract';

const MAX_LENGTH = 180;

/** A path as llama-server gives it out for a model without an alias: its last part, without the ending. */
function withoutPath(id: string): string {
  const isPath = /^(?:[./~\\]|[A-Za-z]:[\\/])/.test(id) || /\.gguf$/i.test(id);
  return isPath ? (id.split(/[\\/]/).at(-1) ?? id).replace(/\.gguf$/i, '') : id;
}

/** The nearest name within our grammar: `publisher/Model-7B:latest`. What it cannot hold becomes a hyphen. */
function toGrammar(id: string): string {
  const colon = id.lastIndexOf(':');
  const hasTag = colon > id.lastIndexOf('/');
  const clean = (text: string): string =>
    text
      .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
      .replaceAll(/\.{2,}/g, '.')
      .replace(/^[._-]+/, '');
  const path = (hasTag ? id.slice(0, colon) : id)
    .split('/')
    .map(clean)
    .filter((part) => part !== '')
    .join('/');
  const tag = hasTag ? clean(id.slice(colon + 1)) : '';
  return `${path === '' ? 'model' : path}${tag === '' ? '' : `:${tag}`}`.slice(0, MAX_LENGTH);
}

/** Our name of every id that a server lists. Ids that would come to the same name are told apart by a number, in the order of the list. */
export function toModelNames(ids: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const id of new Set(ids)) {
    const name = withTag(modelNameSchema.safeParse(id).success ? id : toGrammar(withoutPath(id)));
    let unique = name;
    for (let number = 2; names.has(unique); number += 1) unique = name.replace(/:(?=[^:]*$)/, `-${number}:`);
    names.set(unique, id);
  }
  return names;
}
