import { conversationChangeSchema, Problem, settingsChangeSchema, toTimestamp } from '@pilotlight/contract';
import type {
  ConversationChange,
  ConversationDetails,
  ConversationSettings,
  ConversationSummary,
  ConversationView,
  DeletedConversation,
  SettingsChange,
} from '@pilotlight/contract';

import type { ConversationRecord, RecordChange } from './chat-store.ts';
import { check } from './check.ts';
import { toLeaf } from './conversation-tree.ts';
import { isShown } from './deletions.ts';
import type { House } from './house.ts';
import { findPreset } from './presets.ts';
import { toDetails, toSummary, toView } from './views.ts';

const MAX_TITLE_LENGTH = 200;

function notFound(id: string): Problem {
  return new Problem('conversation_not_found', `There is no conversation ${id}.`, { field: 'id' });
}

/** The whole conversation. */
export async function readConversation({ store }: Pick<House, 'store'>, id: string): Promise<ConversationView> {
  const tree = await store.conversation(id);
  if (tree === undefined) throw notFound(id);
  return toView(tree);
}

/** Gives it another title. */
export async function rename(house: House, id: string, title: string): Promise<ConversationSummary> {
  return announce(house, id, await house.store.rename(id, toTitleLine(title)));
}

function toTitleLine(title: string): string {
  const line = toLine(title);
  if (line === '' || line.length > MAX_TITLE_LENGTH) {
    throw new Problem('invalid_request', `A title has 1 to ${MAX_TITLE_LENGTH} characters.`, { field: 'title' });
  }
  return line;
}

/** A name on one line. */
export function toLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

function announce({ emit, deletions }: House, id: string, record: ConversationRecord | undefined): ConversationSummary {
  if (record === undefined) throw notFound(id);
  const conversation = toSummary(record);
  if (isShown(record, deletions)) emit({ type: 'conversation', conversation });
  return conversation;
}

/** Shows the branch through this message. */
export async function select(house: House, id: string, messageId: string): Promise<ConversationView> {
  const view = await readConversation(house, id);
  if (!view.messages.some((message) => message.id === messageId)) {
    throw new Problem('message_not_found', `There is no message ${messageId} in the conversation ${id}.`, { field: 'message_id' });
  }
  const headId = toLeaf(view.messages, messageId);
  announce(house, id, await house.store.setHead(id, headId));
  return { ...view, head_id: headId };
}

/** Changes what is named, in one step. */
export async function change(house: House, id: string, wish: ConversationChange): Promise<ConversationDetails> {
  check(conversationChangeSchema, wish);
  const { store, emit, deletions } = house;
  const { title, pinned, archived, folder } = wish;
  if (store.isTemporary(id) && (pinned !== undefined || archived !== undefined || folder !== undefined)) throw isTemporary(id);
  const settings = wish.preset_id === undefined ? wish.settings : toReplacement(await findPreset(house, wish.preset_id, 'preset_id'));
  const named: RecordChange = {
    ...(title !== undefined && { title: toTitleLine(title) }),
    pinned,
    archived,
    folder: typeof folder === 'string' ? toLine(folder) : folder,
    settings,
  };
  const details = await store.change(id, named);
  announce(house, id, details?.conversation);
  if (details === undefined) throw notFound(id);
  if (settings !== undefined && isShown(details.conversation, deletions))
    emit({ type: 'conversation_settings', id, settings: details.settings });
  return toDetails(details);
}

/** Settings that take the place of all that was set. */
function toReplacement(settings: ConversationSettings): SettingsChange {
  const nothing = Object.fromEntries(Object.keys(settingsChangeSchema.shape).map((name) => [name, null]));
  return { ...nothing, ...settings };
}

/** Why a temporary conversation cannot be kept, shelved or exported. */
function isTemporary(id: string): Problem {
  return new Problem('conversation_temporary', `The conversation ${id} is in no list and no export, and is gone when the server ends.`, {
    field: 'id',
  });
}

/** Hides the conversation, then stops what runs in it: nothing new can begin in between. */
export async function remove(house: House, id: string): Promise<DeletedConversation> {
  const { store, deletions, clock, emit } = house;
  if (store.isTemporary(id)) {
    await stopIn(house, id);
    const now = toTimestamp(clock.now());
    if (!(await store.remove(id))) throw notFound(id);
    return { id, deleted_at: now, final_at: now };
  }
  const hidden = await deletions.hide(id);
  if (hidden === undefined) throw notFound(id);
  if (hidden.isNew) emit({ type: 'conversation_removed', id, final_at: hidden.deleted.final_at });
  await stopIn(house, id);
  return hidden.deleted;
}

async function stopIn({ running }: House, id: string): Promise<void> {
  const generations = [...running.values()].filter(({ conversationId }) => conversationId === id);
  for (const generation of generations) generation.end('stopped');
  await Promise.all(generations.map(({ ended }) => ended));
}

/** Takes a deletion back. */
export async function restore({ deletions, emit }: House, id: string): Promise<ConversationSummary> {
  const conversation = await deletions.restore(id);
  if (conversation === undefined) throw notFound(id);
  emit({ type: 'conversation', conversation });
  return conversation;
}
