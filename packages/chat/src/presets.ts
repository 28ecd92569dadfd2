import { newPresetSchema, presetChangeSchema, Problem, toTimestamp } from '@pilotlight/contract';
import type { ConversationSettings, NewPreset, Preset, PresetChange } from '@pilotlight/contract';

import type { ChatStore, PresetRecord } from './chat-store.ts';
import { check } from './check.ts';
import { toFingerprint } from './fingerprint.ts';
import type { House } from './house.ts';

/** More would be no help to anybody. */
const MOST_PRESETS = 500;

interface Drawer {
  readonly store: Pick<ChatStore, 'presets' | 'preset'>;
}

/** All of them, by name. */
export async function listPresets({ store }: Drawer): Promise<readonly Preset[]> {
  return (await store.presets()).map(toPreset);
}

/** The settings of a preset. Throws `Problem('preset_not_found')` with the name of the field that has its id. */
export async function findPreset({ store }: Drawer, id: string, field: string): Promise<ConversationSettings> {
  const preset = await store.preset(id);
  if (preset === undefined) throw notFound(id, field);
  return preset.settings;
}

/** Adds one; the same again changes nothing. */
export async function addPreset({ store, emit, clock, randomness }: House, wish: NewPreset): Promise<Preset> {
  check(newPresetSchema, wish);
  const { id = randomness.id(), name, ...settings } = wish;
  const nowMs = clock.now();
  const record: PresetRecord = {
    id,
    name: toName(name),
    settings: toSettings(settings),
    createdMs: nowMs,
    updatedMs: nowMs,
  };
  const outcome = await store.addPreset(record, MOST_PRESETS);
  if (outcome === 'taken') throw new Problem('conflict', `The id ${id} belongs to another preset.`, { field: 'id' });
  if (outcome === 'full') throw new Problem('invalid_request', `There are ${MOST_PRESETS} presets, which is the most.`, { field: 'name' });
  const preset = toPreset((await store.preset(id)) ?? record);
  emit({ type: 'preset', preset });
  return preset;
}

/** Adds those that are not there yet under the same name with the same settings, as far as there is room; resolves with their number. */
export async function importPresets(house: House, wishes: readonly NewPreset[]): Promise<number> {
  const keyOf = ({ id: _id, name, ...settings }: NewPreset): string => toFingerprint({ name: toName(name), ...settings });
  const known = new Set(wishes.length === 0 ? [] : (await house.store.presets()).map(({ name, settings }) => keyOf({ name, ...settings })));
  const missing = wishes.filter((wish) => !known.has(keyOf(wish)) && known.add(keyOf(wish)) && known.size <= MOST_PRESETS);
  for (const { id: _id, ...wish } of missing) await addPreset(house, wish);
  return missing.length;
}

/** Changes what is named. Conversations that have a copy stay as they are. */
export async function changePreset({ store, emit, clock }: House, id: string, wish: PresetChange): Promise<Preset> {
  check(presetChangeSchema, wish);
  const { name, ...settings } = wish;
  const record = await store.changePreset(id, { name: name === undefined ? undefined : toName(name), settings, atMs: clock.now() });
  if (record === undefined) throw notFound(id, 'id');
  const preset = toPreset(record);
  emit({ type: 'preset', preset });
  return preset;
}

/** Removes one. */
export async function removePreset({ store, emit }: House, id: string): Promise<void> {
  if (!(await store.removePreset(id))) throw notFound(id, 'id');
  emit({ type: 'preset_removed', id });
}

function notFound(id: string, field: string): Problem {
  return new Problem('preset_not_found', `There is no preset ${id}.`, { field });
}

function toName(name: string): string {
  return name.replaceAll(/\s+/g, ' ').trim();
}

function toSettings(settings: {
  readonly [Name in keyof ConversationSettings]: ConversationSettings[Name] | undefined;
}): ConversationSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined)) as ConversationSettings;
}

function toPreset({ id, name, settings, createdMs, updatedMs }: PresetRecord): Preset {
  return { id, name, ...settings, created_at: toTimestamp(createdMs), updated_at: toTimestamp(updatedMs) };
}
