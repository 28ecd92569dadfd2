import type { Setting } from '../setting.ts';
import { SETTING_NAMES, SETTINGS, toFlag } from '../table.ts';

/** The settings as `--help` shows them: flag, what it is, its variable and default. */
export function toHelpText(): string {
  const rows = SETTING_NAMES.map((name): Setting<unknown> => SETTINGS[name]);
  const heads = rows.map((row) => (row.isSwitch === true ? `--[no-]${toFlag(row)}` : `--${toFlag(row)} ${row.placeholder}`));
  const width = Math.max(...heads.map((head) => head.length));
  return rows
    .map((row, index) => {
      const indent = ' '.repeat(width + 4);
      return `  ${(heads[index] ?? '').padEnd(width)}  ${row.title}\n${indent}${row.variable}, default ${row.defaultText}`;
    })
    .join('\n');
}
