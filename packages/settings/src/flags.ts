import type { Setting } from './setting.ts';
import { SETTING_NAMES, SETTINGS, toFlag } from './table.ts';

/**
 * The flags of all settings as `parseArgs` of node:util takes them (with `allowNegative`, so that a switch has its `--no-` form). A secret has
 * none: every user of the machine can read the command lines of all programs.
 */
export function flagOptions(): Record<string, { readonly type: 'string' | 'boolean' }> {
  const rows = SETTING_NAMES.map((name): Setting<unknown> => SETTINGS[name]).filter((row) => row.isSecret !== true);
  return Object.fromEntries(rows.map((row) => [toFlag(row), { type: row.isSwitch === true ? 'boolean' : 'string' }]));
}
