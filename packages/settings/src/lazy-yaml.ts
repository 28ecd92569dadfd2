import { createRequire } from 'node:module';

import type * as Yaml from 'yaml';
import type { Alias, Document, LineCounter, Scalar, YAMLMap, YAMLSeq } from 'yaml';

const require = createRequire(import.meta.url);

/** Loaded where there is a file to be read: most starts have none, and would pay for 72 modules. */
function yaml(): typeof Yaml {
  return require('yaml') as typeof Yaml;
}

export function parseYaml(text: string): { readonly document: Document.Parsed; readonly lines: LineCounter } {
  const { LineCounter: Counter, parseDocument } = yaml();
  const lines = new Counter();
  return { document: parseDocument(text, { lineCounter: lines, version: '1.2', merge: false }), lines };
}

export function isAlias(node: unknown): node is Alias {
  return yaml().isAlias(node);
}

export function isMap(node: unknown): node is YAMLMap {
  return yaml().isMap(node);
}

export function isScalar(node: unknown): node is Scalar {
  return yaml().isScalar(node);
}

export function isSeq(node: unknown): node is YAMLSeq {
  return yaml().isSeq(node);
}
