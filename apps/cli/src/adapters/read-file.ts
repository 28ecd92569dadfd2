import { readFile as read } from 'node:fs/promises';

import { ServerFailure } from '../server-client.ts';

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'is not there',
  EACCES: 'may not be read',
  EISDIR: 'is a folder',
  ERR_FS_FILE_TOO_LARGE: 'is too large',
  ERR_STRING_TOO_LONG: 'is too large',
};

/** The text of a file. Throws `ServerFailure` with words. */
export function readFile(name: string): Promise<string> {
  return inWords(name, () => read(name, 'utf8'));
}

/** The bytes of a file. Throws `ServerFailure` with words. */
export function readBytes(name: string): Promise<Uint8Array> {
  return inWords(name, () => read(name));
}

async function inWords<T>(name: string, attempt: () => Promise<T>): Promise<T> {
  try {
    return await attempt();
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw new ServerFailure(`${name} ${WORDS[code] ?? `cannot be read (${code})`}`, {
      code: 'file_unreadable',
      remedy: 'Name another file.',
      cause: error,
    });
  }
}
