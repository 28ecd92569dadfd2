import { z } from 'zod';

import { contextPolicySchema } from './context-wire.ts';
import { idSchema } from './ids.ts';
import { modelNameSchema } from './models-wire.ts';
import { optionsSchema } from './options.ts';

const systemSchema = z.string().max(100_000);

/** A folder is there as long as a conversation is in it; its name is free. */
export const folderNameSchema = z
  .string()
  .max(80)
  .refine((name) => name.trim() !== '', 'a folder name that is not empty');

/** What every answer of a conversation is made with, unless its request says something else. An option that is absent is that of the model. */
export const conversationSettingsSchema = z.strictObject({
  model: modelNameSchema.optional(),
  system: systemSchema.optional(),
  options: optionsSchema.optional(),
  context_policy: contextPolicySchema.optional(),
});
export type ConversationSettings = z.infer<typeof conversationSettingsSchema>;

/** What is named replaces what was there, the options as a whole; null takes it away. */
export const settingsChangeSchema = z.strictObject({
  model: modelNameSchema.nullish(),
  system: systemSchema.nullish(),
  options: optionsSchema.nullish(),
  context_policy: contextPolicySchema.nullish(),
});
export type SettingsChange = z.infer<typeof settingsChangeSchema>;

/** What a message gives to the conversation that it makes. `preset_id` copies a preset; `settings` beside it go before what the preset has. */
export const newConversationSchema = z.strictObject({
  /** Kept in memory alone: in no list, no search, no export; gone when it is deleted, and when the server ends. */
  temporary: z.boolean().optional(),
  folder: folderNameSchema.optional(),
  settings: conversationSettingsSchema.optional(),
  preset_id: idSchema.optional(),
});
export type NewConversationWish = z.infer<typeof newConversationSchema>;

/** `PATCH /api/conversations/{id}`: what is named changes, all of it or nothing. `preset_id` replaces the settings by a copy of the preset. */
export const conversationChangeSchema = z
  .strictObject({
    title: z
      .string()
      .max(200)
      .refine((title) => title.trim() !== '', 'a title that is not empty')
      .optional(),
    pinned: z.boolean().optional(),
    archived: z.boolean().optional(),
    /** Null takes it out of its folder. */
    folder: folderNameSchema.nullish(),
    settings: settingsChangeSchema.optional(),
    preset_id: idSchema.optional(),
  })
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'at least one thing that changes')
  .refine((change) => change.settings === undefined || change.preset_id === undefined, '"settings" or "preset_id", not both');
export type ConversationChange = z.infer<typeof conversationChangeSchema>;

const presetNameSchema = z
  .string()
  .max(80)
  .refine((name) => name.trim() !== '', 'a name that is not empty');

/** Settings under a name, to be copied into conversations: changing a preset changes no conversation. */
export const presetSchema = z.object({
  id: z.string(),
  name: z.string(),
  ...conversationSettingsSchema.shape,
  created_at: z.string(),
  updated_at: z.string(),
});
export type Preset = z.infer<typeof presetSchema>;

/** `GET /api/presets`: by name. */
export const presetListSchema = z.object({ presets: z.array(presetSchema) });
export type PresetList = z.infer<typeof presetListSchema>;

/** `POST /api/presets`. An `id` that the client mints makes the post idempotent. */
export const newPresetSchema = z.strictObject({ id: idSchema.optional(), name: presetNameSchema, ...conversationSettingsSchema.shape });
export type NewPreset = z.infer<typeof newPresetSchema>;

/** `PATCH /api/presets/{id}`. */
export const presetChangeSchema = z
  .strictObject({ name: presetNameSchema.optional(), ...settingsChangeSchema.shape })
  .refine((change) => Object.values(change).some((value) => value !== undefined), 'at least one thing that changes');
export type PresetChange = z.infer<typeof presetChangeSchema>;
