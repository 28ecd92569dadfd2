import type { ConversationSettings, SettingsChange } from '@pilotlight/contract';

import { toFailure, type Core } from '../../app/core.ts';
import { applyChange } from './change-settings.ts';
import type { NewChat } from './new-chat.ts';
import { settingsOf, sortPresets } from './presets.ts';

/** What answers of a chat are made with, and presets of it. Those that return a promise throw nothing; they say why they failed, if they did. */
export interface SettingsActions {
  /** `conversationId` undefined: of the chat that the next message makes. */
  change(conversationId: string | undefined, change: SettingsChange): Promise<string | undefined>;
  setTemporary(isTemporary: boolean): void;
  /** What the next chat is to be, once; the one after it is like any other again. */
  takeNewChat(): NewChat;
  readPresets(): Promise<string | undefined>;
  /** Copies what a preset has into a chat. */
  applyPreset(conversationId: string | undefined, presetId: string): Promise<string | undefined>;
  /** Keeps settings under a name; one that has the name already is replaced. */
  savePreset(name: string, settings: ConversationSettings): Promise<string | undefined>;
  deletePreset(id: string): Promise<string | undefined>;
}

export function createSettingsActions(core: Core, blank: NewChat): SettingsActions {
  const { api, store } = core;

  async function attempt(what: string, action: () => Promise<void>): Promise<string | undefined> {
    try {
      await action();
      return undefined;
    } catch (error) {
      return toFailure(core, what, error).problem?.detail ?? 'No answer from the server.';
    }
  }

  function show(conversationId: string, settings: ConversationSettings | undefined): void {
    store.update((state) => {
      const view = state.views[conversationId];
      if (view === undefined) return state;
      const { settings: _, ...rest } = view;
      return { ...state, views: { ...state.views, [conversationId]: settings === undefined ? rest : { ...rest, settings } } };
    });
  }

  function setNewChat(change: Partial<NewChat>): void {
    store.update((state) => ({ ...state, newChat: { ...state.newChat, ...change } }));
  }

  return {
    ...createPresetActions(core, attempt),
    async change(conversationId, change) {
      if (conversationId === undefined) {
        setNewChat({ settings: applyChange(store.get().newChat.settings, change) });
        return undefined;
      }
      const before = store.get().views[conversationId]?.settings;
      show(conversationId, applyChange(before ?? {}, change));
      const failure = await attempt('Not changed', async () => {
        const { settings } = await api.changeConversation(conversationId, { settings: change });
        show(conversationId, settings);
      });
      if (failure !== undefined) show(conversationId, before);
      return failure;
    },
    async applyPreset(conversationId, presetId) {
      if (conversationId !== undefined)
        return attempt('Not changed', async () => {
          const { settings } = await api.changeConversation(conversationId, { preset_id: presetId });
          show(conversationId, settings);
        });
      const preset = store.get().presets?.find(({ id }) => id === presetId);
      if (preset !== undefined) setNewChat({ settings: settingsOf(preset) });
      return undefined;
    },
    setTemporary: (isTemporary) => setNewChat({ isTemporary }),
    takeNewChat() {
      const { newChat } = store.get();
      setNewChat(blank);
      return newChat;
    },
  };
}

type Attempt = (what: string, action: () => Promise<void>) => Promise<string | undefined>;

function createPresetActions(
  { api, store, ports }: Core,
  attempt: Attempt,
): Pick<SettingsActions, 'readPresets' | 'savePreset' | 'deletePreset'> {
  return {
    readPresets: () =>
      attempt('The presets could not be read', async () => {
        const { presets } = await api.listPresets();
        store.update((state) => ({ ...state, presets: sortPresets(presets) }));
      }),
    savePreset: (name, settings) =>
      attempt('Not kept', async () => {
        const known = store.get().presets?.find((preset) => preset.name === name);
        if (known !== undefined) await api.deletePreset(known.id);
        const preset = await api.addPreset({ id: ports.randomness.id(), name, ...settings });
        store.update((state) => ({
          ...state,
          presets: sortPresets([...(state.presets ?? []).filter(({ id }) => id !== known?.id && id !== preset.id), preset]),
        }));
      }),
    deletePreset: (id) =>
      attempt('Not deleted', async () => {
        await api.deletePreset(id);
        store.update((state) => ({ ...state, presets: state.presets?.filter((preset) => preset.id !== id) }));
      }),
  };
}
