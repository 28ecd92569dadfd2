import type {
  ConversationSummary,
  ConversationView,
  MessageView,
  ModelsView,
  PageEvent,
  Preset,
  ProblemDetails,
  StorageView,
} from '@pilotlight/contract';

import type { Connection } from '../api/hub-messages.ts';
import type { PendingAttachment } from '../features/attachments/pending-attachment.ts';
import type { Outgoing } from '../features/composer/outgoing.ts';
import { NEW_CHAT, type NewChat } from '../features/settings/new-chat.ts';
import { addDeletion, type Deletion } from '../features/conversations/deletions.ts';
import { sortPresets } from '../features/settings/presets.ts';
import { applyModelsEvent } from '../features/models/models-state.ts';
import { answerText, type AnswerState } from '../features/thread/answer-state.ts';
import type { Jump } from '../features/thread/jump-to-message.ts';

/** Why something that was asked for did not happen; `retry` asks again. */
export interface Failure {
  readonly what: string;
  /** Absent: no answer came from the server. */
  readonly problem: ProblemDetails | undefined;
}

export interface Panel {
  /** Absent: the last answer. */
  readonly answerId?: string;
  /** What is to be seen first. */
  readonly part: 'receipt' | 'settings';
}

export interface AppState {
  readonly connection: Connection;
  readonly models: ModelsView | undefined;
  /** Newest first, without those that are archived. Undefined until they were read. */
  readonly conversations: readonly ConversationSummary[] | undefined;
  /** Undefined until they were asked for. */
  readonly archived: readonly ConversationSummary[] | undefined;
  /** Names of folders; a chat in the list may be in one that is not among them yet. */
  readonly folders: readonly string[];
  /** Chats whose deletion can be taken back, the last one last. */
  readonly deletions: readonly Deletion[];
  /** Where the next page of conversations begins. */
  readonly moreBefore: string | null;
  readonly views: Readonly<Record<string, ConversationView>>;
  /** Conversations that could not be read. */
  readonly viewFailures: Readonly<Record<string, Failure>>;
  /** Of answers that are being written, or were while this page looked on, by generation. */
  readonly answers: Readonly<Record<string, AnswerState>>;
  readonly outbox: readonly Outgoing[];
  /** What is attached to the message that is being written, by conversation; the empty name is a new one. */
  readonly attachments: Readonly<Record<string, readonly PendingAttachment[]>>;
  /** What the next new chat is to be. */
  readonly newChat: NewChat;
  /** Undefined until they were asked for. */
  readonly presets: readonly Preset[] | undefined;
  /** Undefined until the server has said it. */
  readonly storage: StorageView | undefined;
  /** Answers come in lumps, as through a proxy that gathers them. */
  readonly isHeldBack: boolean;
  /** The model chosen for the next message, by conversation. */
  readonly chosenModels: Readonly<Record<string, string>>;
  /** The last thing that failed, by conversation. */
  readonly failures: Readonly<Record<string, Failure>>;
  /** The message that is to be brought into view, until it is. */
  readonly jump: Jump | undefined;
  /** What is open at the side. */
  readonly panel: Panel | undefined;
  readonly needsToken: boolean;
  /** The server has a newer version of this page than the one that is shown. */
  readonly hasNewerPage: boolean;
}

export const INITIAL_STATE: AppState = {
  connection: { kind: 'connecting' },
  models: undefined,
  conversations: undefined,
  archived: undefined,
  folders: [],
  deletions: [],
  moreBefore: null,
  views: {},
  viewFailures: {},
  answers: {},
  outbox: [],
  attachments: {},
  newChat: NEW_CHAT,
  presets: undefined,
  storage: undefined,
  isHeldBack: false,
  chosenModels: {},
  failures: {},
  jump: undefined,
  panel: undefined,
  needsToken: false,
  hasNewerPage: false,
};

/** The state after one event of the page's stream. */
export function applyPageEvent(state: AppState, event: PageEvent): AppState {
  switch (event.type) {
    case 'conversation':
      return takeSummary(state, event.conversation);
    case 'conversation_removed':
      return removeConversation(state, event.id, event.final_at);
    case 'conversation_settings': {
      const view = state.views[event.id];
      if (view === undefined) return state;
      const views = { ...state.views, [event.id]: { ...view, settings: event.settings } };
      return { ...state, views, chosenModels: without(state.chosenModels, event.id) };
    }
    case 'preset':
      return {
        ...state,
        presets: state.presets && sortPresets([...state.presets.filter(({ id }) => id !== event.preset.id), event.preset]),
      };
    case 'preset_removed':
      return { ...state, presets: state.presets?.filter(({ id }) => id !== event.id) };
    case 'storage':
      return { ...state, storage: event.storage };
    case 'models':
    case 'model':
    case 'model_removed':
    case 'engine':
    case 'memory':
      return { ...state, models: applyModelsEvent(state.models, event) };
    default:
      return state; // A type of a later version.
  }
}

/** A conversation's newest summary, in the lists and in the open view. The lists stay ordered by the last change. */
export function takeSummary(state: AppState, summary: ConversationSummary): AppState {
  const isArchived = summary.archived === true;
  const lists = {
    conversations: place(state.conversations, summary, !isArchived),
    archived: place(state.archived, summary, isArchived),
    deletions: state.deletions.filter(({ id }) => id !== summary.id),
  };
  const view = state.views[summary.id];
  if (view === undefined) return { ...state, ...lists };
  const { running_generation_id: _, pinned: _pinned, archived: _archived, folder: _folder, ...rest } = view;
  return { ...state, ...lists, views: { ...state.views, [summary.id]: { ...rest, ...summary } } };
}

/** The list with this conversation at its place, or without it. */
function place(
  list: readonly ConversationSummary[] | undefined,
  summary: ConversationSummary,
  belongs: boolean,
): readonly ConversationSummary[] | undefined {
  const others = list?.filter(({ id }) => id !== summary.id);
  if (others === undefined || !belongs) return others;
  return [...others, summary].sort((one, other) => other.updated_at.localeCompare(one.updated_at));
}

/** Without a conversation that was deleted, here or elsewhere; until `finalAt` it can be brought back. */
export function removeConversation(state: AppState, id: string, finalAt: string | undefined): AppState {
  const title = [...(state.conversations ?? []), ...(state.archived ?? [])].find((one) => one.id === id)?.title ?? state.views[id]?.title;
  return {
    ...state,
    conversations: state.conversations?.filter((one) => one.id !== id),
    archived: state.archived?.filter((one) => one.id !== id),
    views: without(state.views, id),
    deletions: finalAt === undefined || title === undefined ? state.deletions : addDeletion(state.deletions, { id, title, finalAt }),
  };
}

export function without<Value>(record: Readonly<Record<string, Value>>, key: string): Record<string, Value> {
  const { [key]: _, ...rest } = record;
  return rest;
}

/** Whether a view no longer tells the truth: something runs that it does not know, or something it believes to run does not. */
export function isOutdated(view: ConversationView, summary: ConversationSummary, answers: AppState['answers']): boolean {
  const { running_generation_id: running } = summary;
  if (running !== undefined) return !view.messages.some((message) => message.generation_id === running);
  return view.messages.some(({ state, generation_id: id }) => state === 'running' && id !== undefined && !(id in answers));
}

/** The view with these messages added, the last of them shown. */
export function addMessages(view: ConversationView, messages: readonly MessageView[]): ConversationView {
  const added = new Set(messages.map(({ id }) => id));
  return {
    ...view,
    head_id: messages.at(-1)?.id ?? view.head_id,
    messages: [...view.messages.filter(({ id }) => !added.has(id)), ...messages],
  };
}

/** The view in which the answer of a generation stands as its log ended. */
export function endAnswer(view: ConversationView, generation: string, answer: AnswerState): ConversationView {
  const index = view.messages.findIndex((message) => message.generation_id === generation && message.state === 'running');
  const message = view.messages[index];
  const { end } = answer;
  if (message === undefined || end === undefined) return view;
  const ended: MessageView = {
    ...message,
    content: answerText(answer),
    ...(answer.reasoning === '' ? {} : { reasoning: answer.reasoning }),
    ...(answer.model === undefined ? {} : { model: answer.model }),
    ...(end.receipt === undefined ? {} : { receipt: end.receipt }),
    ...(end.type === 'finish'
      ? { state: end.reason === 'stopped' ? 'stopped' : 'complete', finish_reason: end.reason }
      : {
          state: end.code === 'interrupted' ? 'interrupted' : 'failed',
          error: { code: end.code, title: end.title, detail: end.detail, remedy: end.remedy },
        }),
  };
  return { ...view, messages: view.messages.with(index, ended) };
}

/** A view that was read while an answer ended may be older than what its log has told since. */
export function settleAnswers(view: ConversationView, answers: AppState['answers']): ConversationView {
  return view.messages.reduce((settled, { generation_id: generation }) => {
    const answer = generation === undefined ? undefined : answers[generation];
    return generation === undefined || answer?.end === undefined ? settled : endAnswer(settled, generation, answer);
  }, view);
}
