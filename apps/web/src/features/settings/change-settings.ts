import type { ConversationSettings, OptionName, Options, SettingsChange } from '@pilotlight/contract';

/** The settings after a change: what is null goes, what is named replaces what was there. */
export function applyChange(settings: ConversationSettings, change: SettingsChange): ConversationSettings {
  const next: Record<string, unknown> = { ...settings };
  for (const [name, value] of Object.entries(change)) {
    if (value === undefined) continue;
    if (value === null || isEmpty(value)) delete next[name];
    else next[name] = value;
  }
  return next;
}

/** Without options nothing is set. */
function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

/** The change that sets one option, or with undefined leaves it to the model again. Options travel as a whole. */
export function withOption(options: Options | undefined, name: OptionName, value: unknown): SettingsChange {
  const { [name]: _, ...rest } = options ?? {};
  const next = value === undefined ? rest : { ...rest, [name]: value };
  return { options: Object.keys(next).length === 0 ? null : next };
}
