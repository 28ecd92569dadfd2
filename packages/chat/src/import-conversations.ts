import { Problem } from '@pilotlight/contract';
import type { ConversationSummary, ImportResult, NewPreset } from '@pilotlight/contract';

import type { AttachmentRecord } from './attachments/attachment-store.ts';
import { cleanFileName } from './attachments/clean-file-name.ts';
import type { ChatStore } from './chat-store.ts';
import type { ForeignConversation, ForeignMessage } from './import/foreign-conversation.ts';
import { readExport } from './import/read-export.ts';
import { toNewConversation } from './import/to-new-conversation.ts';
import type { NewConversationOptions } from './import/to-new-conversation.ts';
import { toSummary } from './views.ts';

export interface ImportOptions extends NewConversationOptions {
  readonly store: Pick<ChatStore, 'add'>;
  /** Keeps a file as an upload of it would be. Throws the `Problem` of one that is refused. */
  readonly attach: (file: { readonly name: string; readonly bytes: Uint8Array }) => Promise<AttachmentRecord>;
  readonly onAdded: (conversation: ConversationSummary) => void;
  /** Adds presets that are not there yet; resolves with their number. */
  readonly addPresets: (presets: readonly NewPreset[]) => Promise<number>;
}

/**
 * Takes the conversations of an export in, each whole or not at all. Rejects with `Problem('import_refused')` if none can be, and with that of the store if
 * the first cannot be stored; later ones that cannot are refused with the reason.
 */
export async function importConversations(value: unknown, options: ImportOptions): Promise<ImportResult> {
  const { source, conversations, presets } = readExport(value);
  const imported: ImportResult['imported'] = [];
  const refused: ImportResult['refused'] = [];
  for (const foreign of conversations) {
    const title = foreign.title.slice(0, 100);
    const attached = await keepAttachments(foreign, options);
    refused.push(...attached.refusals.map((reason) => ({ title, reason })));
    const checked = toNewConversation(foreign, { ...options, attached: attached.records });
    if (checked.outcome === 'refused') {
      refused.push({ title, reason: checked.reason });
      continue;
    }
    try {
      const conversation = toSummary(await options.store.add(checked.conversation));
      imported.push({ conversation, messages: checked.conversation.messages.length });
      options.onAdded(conversation);
    } catch (error) {
      if (imported.length === 0 || !(error instanceof Problem)) throw error;
      refused.push({ title, reason: error.detail });
    }
  }
  const [first] = refused;
  const added = await options.addPresets(presets);
  if (imported.length === 0 && presets.length === 0)
    throw new Problem('import_refused', first === undefined ? 'There is no conversation in it.' : `“${first.title}”: ${first.reason}`);
  return { source, imported, refused, ...(presets.length > 0 && { presets: added }) };
}

interface Attached {
  readonly records: ReadonlyMap<ForeignMessage, readonly AttachmentRecord[]>;
  /** Of files that could not be kept: without them the conversation is taken all the same. */
  readonly refusals: readonly string[];
}

async function keepAttachments({ messages }: ForeignConversation, { attach }: Pick<ImportOptions, 'attach'>): Promise<Attached> {
  const records = new Map<ForeignMessage, AttachmentRecord[]>();
  const refusals: string[] = [];
  for (const message of messages) {
    for (const { name, content } of message.attachments ?? []) {
      try {
        const record = await attach({ name, bytes: Buffer.from(content, 'base64') });
        records.set(message, [...(records.get(message) ?? []), record]);
      } catch (error) {
        if (!(error instanceof Problem) || error.code === 'storage_unavailable') throw error;
        refusals.push(`The file "${cleanFileName(name)}" was left out. ${error.detail}`);
      }
    }
  }
  return { records, refusals };
}
