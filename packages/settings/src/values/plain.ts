import { right, wrong, type Parse, type Parsed } from '../setting.ts';

/** A whole number within bounds, both included. */
export function parseInteger(minimum: number, maximum: number): Parse<number> {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return value >= minimum && value <= maximum ? right(value) : wrong(`a whole number from ${minimum} to ${maximum}`);
  };
}

const YES = new Set(['true', '1', 'yes', 'on']);
const NO = new Set(['false', '0', 'no', 'off']);

export function parseBoolean(text: string): Parsed<boolean> {
  const word = text.toLowerCase();
  if (YES.has(word)) return right(true);
  return NO.has(word) ? right(false) : wrong('true or false');
}

/** One of a few words, in any case. */
export function parseChoice<const T extends string>(choices: readonly T[]): Parse<T> {
  return (text) => {
    const choice = choices.find((candidate) => candidate === text.toLowerCase());
    return choice === undefined ? wrong(`one of ${choices.join(', ')}`) : right(choice);
  };
}

const MODEL = /^(?:[a-z0-9][a-z0-9._:-]*\/)*[a-z0-9][a-z0-9._-]*(?::[a-z0-9_][a-z0-9._-]*)?$/i;

/** A model as Ollama names it; without a tag it is `:latest`. */
export function parseModelName(text: string): Parsed<string> {
  if (text.length > 255 || !MODEL.test(text)) return wrong('the name of a model, such as mistral:latest');
  const name = text.slice(text.lastIndexOf('/') + 1);
  return right(name.includes(':') ? text : `${text}:latest`);
}

/** Names of engines, each once, in the order given. */
export function parseEngineOrder(text: string): Parsed<readonly string[]> {
  const names = text.split(',').map((name) => name.trim());
  if (names.some((name) => !/^[A-Za-z0-9][\w.@:/[\]-]{0,199}$/.test(name)))
    return wrong('names of engines separated by commas, such as gpu,ollama');
  return right([...new Set(names)]);
}

/** A secret that can travel in a header and is too long to guess. */
export function parseToken(text: string): Parsed<string> {
  return /^[\x21-\x7e]{16,512}$/.test(text)
    ? right(text)
    : wrong('16 to 512 letters, digits and signs without spaces; `openssl rand -hex 24` makes one');
}
