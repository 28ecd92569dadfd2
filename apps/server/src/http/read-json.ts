import { Problem } from '@pilotlight/contract';

const MAX_JSON_DEPTH = 64;

/** Made once: that costs more than what it does for most bodies. */
const UTF8 = new TextDecoder('utf-8', { fatal: true });

const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/**
 * The JSON value of a body; undefined for an empty one. Refuses what is no UTF-8, what is nested deeper than allowed (before it is parsed), and keys that
 * could reach an object's prototype.
 */
export function readJson(bytes: Uint8Array, maxDepth = MAX_JSON_DEPTH): unknown {
  if (bytes.byteLength === 0) return undefined;
  const text = decode(bytes);
  if (depthOf(text) > maxDepth) {
    throw new Problem('invalid_json', `The body is nested deeper than ${maxDepth} levels.`, { field: 'body' });
  }
  const value = parse(text);
  refuseForbiddenKeys(value);
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return UTF8.decode(bytes);
  } catch (error) {
    throw new Problem('invalid_json', 'The body is not valid UTF-8.', { cause: error, field: 'body' });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new Problem('invalid_json', 'The body cannot be read as JSON.', { cause: error, field: 'body' });
  }
}

/** How deep brackets are nested, without recursion and without building anything. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === BACKSLASH) index += 1;
      else if (code === QUOTE) inString = false;
    } else if (code === QUOTE) inString = true;
    else if (code === OPEN_BRACKET || code === OPEN_BRACE) deepest = Math.max(deepest, (depth += 1));
    else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) depth -= 1;
  }
  return deepest;
}

function refuseForbiddenKeys(value: unknown): void {
  const open: unknown[] = [value];
  while (open.length > 0) {
    const next = open.pop();
    if (typeof next !== 'object' || next === null) continue;
    for (const [key, inner] of Object.entries(next)) {
      if (FORBIDDEN_KEYS.has(key)) throw new Problem('invalid_request', `The key "${key}" is not allowed.`, { field: key });
      open.push(inner);
    }
  }
}
