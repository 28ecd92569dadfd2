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
export async function readFile(name: string): Promise<string> {
  try {
    return await read(name, 'utf8');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    throw new ServerFailure(`${name} ${WORDS[code] ?? `cannot be read (${code})`}`, {
      code: 'file_unreadable',
      remedy: 'Name another file.',
      cause: error,
    });
  }
}
