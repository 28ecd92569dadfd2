import { originInWords } from './origin.ts';
import type { Settings } from './resolve-settings.ts';
import type { Setting } from './setting.ts';
import { SETTING_NAMES, SETTINGS } from './table.ts';

/** One setting as it can be shown anywhere: secrets are masked. */
export interface SettingInWords {
  readonly variable: string;
  readonly value: string;
  readonly origin: string;
}

/** Every setting with its value and where that came from, fit for logs and pages. */
export function describeSettings(settings: Settings): readonly SettingInWords[] {
  return SETTING_NAMES.map((name) => {
    const row: Setting<unknown> = SETTINGS[name];
    return { variable: row.variable, value: valueInWords(row, settings[name]), origin: originInWords(settings.origins[name]) };
  });
}

function valueInWords(row: Setting<unknown>, value: unknown): string {
  if (value === undefined || isEmpty(value)) return 'none';
  if (row.isSecret === true) return 'set, not shown';
  if (value === Infinity) return 'for ever';
  if (typeof value === 'number') return row.schema.type === 'integer' ? String(value) : `${value / 1_000} s`;
  if (Array.isArray(value)) return value.join(', ');
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([name, item]) => `${name}=${String(item)}`)
      .join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
