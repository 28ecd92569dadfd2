import type { ChatStore } from '@pilotlight/chat';
import type { KeptValues, ModelStore } from '@pilotlight/contract';

import type { Stores } from '../serve-store.ts';
import type { Durability } from '../transaction.ts';
import * as attachments from './attachments.ts';
import * as conversations from './conversations.ts';
import * as generations from './generations.ts';
import { indexOlder } from './index-words.ts';
import * as kept from './kept-values.ts';
import * as log from './log.ts';
import * as metadata from './metadata.ts';
import * as models from './models.ts';
import type { PostgresSession } from './postgres-session.ts';
import * as presets from './presets.ts';
import { search } from './search.ts';

/** A method of a store as the database runs it, within a transaction. */
export interface PostgresOperation<Parameters extends readonly unknown[] = never, Result = unknown> {
  readonly durability: Durability;
  readonly run: (session: PostgresSession, ...parameters: Parameters) => Promise<Result>;
}

type Method = (...parameters: never[]) => Promise<unknown>;
type OperationsOf<Store> = {
  readonly [Name in keyof Store]: Store[Name] extends Method
    ? PostgresOperation<Parameters<Store[Name]>, Awaited<ReturnType<Store[Name]>>>
    : never;
};

/** Fills the log of the server with as much as a question with its answer usually takes; nothing of it stays. */
const TRIAL = "SELECT pg_logical_emit_message(true, 'pilotlight', repeat('x', 262144))";

const chatOperations: OperationsOf<ChatStore> = {
  begin: { durability: 'normal', run: generations.begin },
  sync: { durability: 'full', run: async () => undefined },
  append: { durability: 'normal', run: log.appendAll },
  end: { durability: 'full', run: generations.end },
  read: { durability: 'read', run: log.readLog },
  claim: { durability: 'full', run: generations.claim },
  running: { durability: 'read', run: generations.listRunning },
  answer: { durability: 'read', run: generations.findOrigin },
  message: { durability: 'read', run: conversations.readMessage },
  list: { durability: 'read', run: conversations.listConversations },
  folders: { durability: 'read', run: metadata.listFolders },
  details: { durability: 'read', run: conversations.readDetails },
  conversation: { durability: 'read', run: conversations.readTree },
  search: { durability: 'read', run: search },
  add: { durability: 'full', run: conversations.addWhole },
  rename: { durability: 'full', run: conversations.rename },
  retitle: { durability: 'full', run: (session, ...[id, former, title]) => conversations.retitle(session, { id, former, title }) },
  change: { durability: 'full', run: metadata.changeConversation },
  setHead: { durability: 'full', run: conversations.setHead },
  remove: { durability: 'full', run: conversations.removeConversation },
  hide: { durability: 'full', run: metadata.hide },
  unhide: { durability: 'full', run: metadata.unhide },
  hidden: { durability: 'read', run: (session) => metadata.listHidden(session) },
  purge: { durability: 'full', run: metadata.purge },
  presets: { durability: 'read', run: presets.listPresets },
  preset: { durability: 'read', run: presets.findPreset },
  addPreset: { durability: 'full', run: presets.addPreset },
  changePreset: { durability: 'full', run: presets.changePreset },
  removePreset: { durability: 'full', run: presets.removePreset },
  attach: { durability: 'full', run: attachments.attach },
  attachments: { durability: 'read', run: attachments.findAttachments },
  promptContents: { durability: 'read', run: attachments.readPromptContents },
  attachmentContent: { durability: 'read', run: attachments.readAttachmentContent },
  removeAttachment: { durability: 'full', run: attachments.removeAttachment },
  sweepAttachments: { durability: 'full', run: attachments.sweepAttachments },
  summaries: { durability: 'read', run: attachments.readSummaries },
  keepSummary: { durability: 'full', run: attachments.keepSummary },
};

const modelOperations: OperationsOf<ModelStore> = {
  learned: { durability: 'read', run: models.readLearned },
  keepLearned: { durability: 'normal', run: models.keepLearned },
  pins: { durability: 'read', run: models.listPins },
  setPin: { durability: 'full', run: models.setPin },
};

const keptOperations: OperationsOf<KeptValues> = {
  kept: { durability: 'read', run: kept.listKept },
  keep: { durability: 'full', run: kept.keepValues },
};

const ownOperations: OperationsOf<Pick<Stores, 'tryWriting' | 'indexOlder'>> = {
  tryWriting: { durability: 'full', run: async (session) => void (await session.all(TRIAL)) },
  indexOlder: { durability: 'normal', run: indexOlder },
};

/** Every method of every store over Postgres. */
export const POSTGRES_OPERATIONS = { ...chatOperations, ...modelOperations, ...keptOperations, ...ownOperations };
