import type { ImportResult } from '@pilotlight/contract';

import { toFailure, type Core } from '../../app/core.ts';
import { formatBytes, toSentence } from '../../ui/format.ts';

/** What is needed of a file that was chosen. */
export interface ChosenFile {
  readonly name: string;
  readonly size: number;
  text(): Promise<string>;
}

export type ImportOutcome =
  | { readonly kind: 'imported'; readonly result: ImportResult }
  | { readonly kind: 'failed'; readonly why: string; readonly helps: string };

/** The limit of the server, said before so much is sent in vain. */
const MOST_BYTES = 16 * 1024 * 1024;
const TAKEN = 'Choose an export of Pilotlight, Open WebUI, LibreChat or ChatGPT, as JSON.';

/** Sends the conversations of a file to the server. Throws nothing. */
export async function importFile(core: Pick<Core, 'api' | 'store'>, file: ChosenFile): Promise<ImportOutcome> {
  if (file.size > MOST_BYTES) {
    const why = `“${file.name}” has ${formatBytes(file.size)}; at most 16 MB can be taken in at once.`;
    return { kind: 'failed', why, helps: 'Export fewer chats at a time.' };
  }
  const content = await readJson(file);
  if (!content.isReadable) return { kind: 'failed', why: content.why, helps: TAKEN };
  try {
    return { kind: 'imported', result: await core.api.importConversations(content.value) };
  } catch (error) {
    const { problem } = toFailure(core, 'Nothing was imported', error);
    if (problem !== undefined) return { kind: 'failed', why: toSentence(problem.detail), helps: problem.remedy };
    const helps = 'Look whether the chats are in the list before you import the file again: the same file makes copies.';
    return { kind: 'failed', why: 'The server did not answer; whether it took the file in is not known.', helps };
  }
}

type Content = { readonly isReadable: true; readonly value: unknown } | { readonly isReadable: false; readonly why: string };

async function readJson(file: ChosenFile): Promise<Content> {
  let text: string;
  try {
    text = await file.text();
  } catch {
    return { isReadable: false, why: `“${file.name}” could not be read.` };
  }
  try {
    return { isReadable: true, value: JSON.parse(text) };
  } catch {
    return { isReadable: false, why: `“${file.name}” is not JSON.` };
  }
}
