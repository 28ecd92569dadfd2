import { modelDefaultsSchema, toLaunchProfile } from '@pilotlight/contract';
import type { LaunchProfile, Options } from '@pilotlight/contract';
import type { Settings } from '@pilotlight/settings';

export interface ModelSettings {
  readonly profiles: Readonly<Record<string, LaunchProfile>>;
  readonly modelOptions: Readonly<Record<string, Options>>;
  /** Whole sentences: what in the file is not right, with its place. Of such a model nothing is set. */
  readonly problems: readonly string[];
}

/** What `model_defaults` of the file says of each model, checked. */
export function toModelSettings({ modelDefaults }: Pick<Settings, 'modelDefaults'>): ModelSettings {
  const profiles: Record<string, LaunchProfile> = {};
  const modelOptions: Record<string, Options> = {};
  const problems: string[] = [];
  for (const [name, { where, value }] of Object.entries(modelDefaults)) {
    const checked = modelDefaultsSchema.safeParse(value);
    if (!checked.success) {
      const [issue] = checked.error.issues;
      const field = [name, ...(issue?.path ?? [])].join(': ');
      problems.push(`${where}: model_defaults: ${field} is not valid: ${issue?.message ?? 'not as it must be'}. docs/options.md has all.`);
      continue;
    }
    if (checked.data.profile) profiles[name] = toLaunchProfile(checked.data.profile);
    if (checked.data.options) modelOptions[name] = checked.data.options;
  }
  return { profiles, modelOptions, problems };
}
