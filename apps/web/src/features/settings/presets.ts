import type { ConversationSettings, Preset } from '@pilotlight/contract';

export function sortPresets(presets: readonly Preset[]): readonly Preset[] {
  return [...presets].sort((one, other) => one.name.localeCompare(other.name));
}

/** What of a preset is copied into a conversation. */
export function settingsOf(preset: Preset): ConversationSettings {
  const { id: _, name: _name, created_at: _created, updated_at: _updated, ...settings } = preset;
  return settings;
}

/** The preset that has exactly these settings, if there is one. */
export function matchingPreset(presets: readonly Preset[], settings: ConversationSettings): Preset | undefined {
  const wanted = JSON.stringify(inOrder(settings));
  return presets.find((preset) => JSON.stringify(inOrder(settingsOf(preset))) === wanted);
}

/** With its fields by name, and without those that say nothing. */
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const entries = Object.entries(value)
    .map(([name, inner]) => [name, inOrder(inner)] as const)
    .filter(([, inner]) => inner !== undefined && !(typeof inner === 'object' && inner !== null && Object.keys(inner).length === 0));
  return Object.fromEntries(entries.sort(([one], [other]) => one.localeCompare(other)));
}
