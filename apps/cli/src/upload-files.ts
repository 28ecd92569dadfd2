import { basename } from 'node:path';

import { attachmentSchema } from '@pilotlight/contract';

import type { CommandContext } from './command.ts';
import { ServerFailure } from './server-client.ts';

type Context = Pick<CommandContext, 'server' | 'readBytes'>;

/** Sends a file to the server; resolves with its id there. Throws `ServerFailure` for one that cannot be read, or that the server refuses. */
async function uploadFile({ server, readBytes }: Context, name: string): Promise<string> {
  const bytes = await readBytes(name);
  try {
    return attachmentSchema.parse(await server.upload(`/api/attachments?name=${encodeURIComponent(basename(name))}`, bytes)).id;
  } catch (error) {
    if (!(error instanceof ServerFailure)) throw error;
    throw new ServerFailure(`${name}: ${error.message}`, { code: error.code, remedy: error.remedy, cause: error });
  }
}

/** Sends the files of `--file` to the server, in order. */
export async function uploadFiles(context: Context, names: readonly string[]): Promise<string[]> {
  const ids: string[] = [];
  for (const name of names) ids.push(await uploadFile(context, name));
  return ids;
}

/** The files that stand in a line as `@NAME`, each a word of its own with a dot or a slash in it; `@"a b.txt"` for one with blanks. */
export function findFiles(line: string): string[] {
  return [...line.matchAll(/(?<=^|\s)@(?:"(?<quoted>[^"]+)"|(?<plain>[^\s"]*[./][^\s"]*))/g)].map(
    ({ groups }) => groups?.['quoted'] ?? groups?.['plain'] ?? '',
  );
}

/** Sends the files that a line names. A name that is no file is part of the text, and is said to be. */
export async function uploadNamed(context: Context & Pick<CommandContext, 'terminal'>, line: string): Promise<string[]> {
  const ids: string[] = [];
  for (const name of findFiles(line)) {
    try {
      ids.push(await uploadFile(context, name));
    } catch (error) {
      if (!(error instanceof ServerFailure) || error.code !== 'file_unreadable') throw error;
      context.terminal.note(`${error.message}: sent as text.\n`);
    }
  }
  return ids;
}
