import { OPTION_NAMES } from '@pilotlight/contract';

import { ServerFailure } from './server-client.ts';

export interface Assignments {
  /** By name; undefined takes the option out. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly profile: Readonly<Record<string, unknown>>;
}

const PROFILE_NAMES = ['context_length', 'slots', 'cache_type'];
const PROFILE = 'profile.';

/**
 * Words such as `temperature=0.2 stop=["END"] profile.slots=2`: names of options, and what of a profile they set. A value that is JSON is taken as that,
 * any other as text; without one the name is taken out. Whether a value is right is the server's to say. Throws `ServerFailure` for a name that is none.
 */
export function readAssignments(text: string): Assignments {
  const options: Record<string, unknown> = {};
  const profile: Record<string, unknown> = {};
  for (const word of toWords(text)) {
    const at = word.indexOf('=');
    const name = at === -1 ? word : word.slice(0, at);
    const isProfile = name.startsWith(PROFILE);
    const own = isProfile ? name.slice(PROFILE.length) : name;
    const known: readonly string[] = isProfile ? PROFILE_NAMES : OPTION_NAMES;
    if (at === -1 || !known.includes(own)) throw toFailure(word, at === -1);
    (isProfile ? profile : options)[own] = toValue(word.slice(at + 1));
  }
  return { options, profile };
}

/** Cut at blanks, but not within brackets or quotes, where JSON has them. */
function toWords(text: string): readonly string[] {
  const words: string[] = [];
  let word = '';
  let depth = 0;
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    if (!isQuoted && (character === '{' || character === '[')) depth += 1;
    if (!isQuoted && (character === '}' || character === ']')) depth -= 1;
    if (!isQuoted && depth <= 0 && character.trim() === '') {
      if (word !== '') words.push(word);
      word = '';
    } else word += character;
  }
  return word === '' ? words : [...words, word];
}

function toValue(text: string): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function toFailure(word: string, hasNoValue: boolean): ServerFailure {
  const names = [...OPTION_NAMES, ...PROFILE_NAMES.map((name) => `${PROFILE}${name}`)].join(', ');
  const message = hasNoValue ? `"${word}" has no "=": write NAME=VALUE` : `"${word}" names no option`;
  return new ServerFailure(message, { code: 'invalid_request', remedy: `There are: ${names}.` });
}
