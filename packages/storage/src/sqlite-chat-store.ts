import type { ChatStore } from '@pilotlight/chat';

import { createAttachmentTables } from './sqlite-attachments.ts';
import type { SqliteConnection } from './sqlite-connection.ts';
import { createConversationTables } from './sqlite-conversations.ts';
import { createGenerationTables } from './sqlite-generations.ts';
import { createLogTable } from './sqlite-log.ts';
import type { LogTable } from './sqlite-log.ts';
import { createMetadataTables } from './sqlite-metadata.ts';
import { createPresetTable } from './sqlite-presets.ts';
import { createSearch } from './sqlite-search.ts';
import type { Durability } from './transaction.ts';

/** A method of the store as the database runs it: at once, within a transaction of at least this durability. */
export interface Operation<Parameters extends readonly unknown[] = never, Result = unknown> {
  readonly durability: Durability;
  readonly run: (...parameters: Parameters) => Result;
}

export type Operations = {
  readonly [Method in keyof ChatStore]: Operation<Parameters<ChatStore[Method]>, Awaited<ReturnType<ChatStore[Method]>>>;
};

/** The chat's store on one SQLite connection with the present schema. The operations throw whatever the connection throws. */
export function createSqliteChatStore(connection: SqliteConnection, log: LogTable = createLogTable(connection)): Operations {
  const attachments = createAttachmentTables(connection);
  const conversations = createConversationTables(connection, { attachments, log });
  const generations = createGenerationTables(connection, { log, conversations, attachments });
  const metadata = createMetadataTables(connection, conversations);
  const presets = createPresetTable(connection);
  return {
    begin: { durability: 'normal', run: generations.begin },
    sync: { durability: 'full', run: () => undefined },
    append: { durability: 'normal', run: log.append },
    end: { durability: 'full', run: generations.end },
    read: { durability: 'read', run: log.read },
    claim: { durability: 'full', run: generations.claim },
    running: { durability: 'read', run: generations.running },
    answer: { durability: 'read', run: generations.origin },
    message: { durability: 'read', run: conversations.message },
    list: { durability: 'read', run: conversations.list },
    folders: { durability: 'read', run: metadata.folders },
    details: { durability: 'read', run: conversations.details },
    conversation: { durability: 'read', run: conversations.tree },
    add: { durability: 'full', run: conversations.addWhole },
    rename: { durability: 'full', run: conversations.rename },
    setHead: { durability: 'full', run: conversations.setHead },
    search: { durability: 'read', run: createSearch(connection, conversations) },
    change: { durability: 'full', run: metadata.change },
    remove: { durability: 'full', run: conversations.remove },
    hide: { durability: 'full', run: metadata.hide },
    unhide: { durability: 'full', run: metadata.unhide },
    hidden: { durability: 'read', run: metadata.hidden },
    purge: { durability: 'full', run: metadata.purge },
    presets: { durability: 'read', run: presets.all },
    preset: { durability: 'read', run: presets.find },
    addPreset: { durability: 'full', run: presets.add },
    changePreset: { durability: 'full', run: presets.change },
    retitle: { durability: 'full', run: conversations.retitle },
    attach: { durability: 'full', run: attachments.attach },
    attachments: { durability: 'read', run: attachments.attachments },
    promptContents: { durability: 'read', run: attachments.promptContents },
    attachmentContent: { durability: 'read', run: attachments.attachmentContent },
    removeAttachment: { durability: 'full', run: attachments.removeAttachment },
    sweepAttachments: { durability: 'full', run: attachments.sweepAttachments },
    summaries: { durability: 'read', run: attachments.summaries },
    keepSummary: { durability: 'full', run: attachments.keepSummary },
    removePreset: { durability: 'full', run: presets.remove },
  };
}
