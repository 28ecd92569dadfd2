import type { Setting } from '../setting.ts';
import { SETTING_NAMES, SETTINGS, toFlag } from '../table.ts';

/** The settings as `--help` shows them: flag, what it is, its variable and default; and at the end the secrets, which have no flag. */
export function toHelpText(): string {
  const all = SETTING_NAMES.map((name): Setting<unknown> => SETTINGS[name]);
  const rows = all.filter((row) => row.isSecret !== true);
  const secrets = all.filter((row) => row.isSecret === true).map((row) => row.variable);
  const heads = rows.map((row) => (row.isSwitch === true ? `--[no-]${toFlag(row)}` : `--${toFlag(row)} ${row.placeholder}`));
  const width = Math.max(...heads.map((head) => head.length));
  const lines = rows.map((row, index) => {
    const indent = ' '.repeat(width + 4);
    return `  ${(heads[index] ?? '').padEnd(width)}  ${row.title}\n${indent}${row.variable}, default ${row.defaultText}`;
  });
  return [...lines, `  Secrets have no option, as others could read it: set ${secrets.join(' or ')} in the environment.`].join('\n');
}
