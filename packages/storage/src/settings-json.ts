import type { ConversationSettings, SettingsChange } from '@pilotlight/contract';

/** Settings as they are stored. Null: nothing is set. */
export function toSettingsJson(settings: ConversationSettings | undefined): string | null {
  const text = JSON.stringify(settings ?? {});
  return text === '{}' ? null : text;
}

/** What was stored. */
export function toSettings(json: string | null): ConversationSettings {
  return json === null ? {} : (JSON.parse(json) as ConversationSettings);
}

/** The settings with what the change names: null takes away, undefined leaves as it is. */
export function changeSettings(settings: ConversationSettings, change: SettingsChange | undefined): ConversationSettings {
  const named = Object.entries(change ?? {}).filter(([, value]) => value !== undefined);
  const entries = Object.entries({ ...settings, ...Object.fromEntries(named) }).filter(([, value]) => value !== null);
  return Object.fromEntries(entries) as ConversationSettings;
}
