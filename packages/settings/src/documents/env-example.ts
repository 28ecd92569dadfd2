import type { Setting } from '../setting.ts';
import { SETTING_NAMES, SETTINGS } from '../table.ts';
import { wrap } from './wrap.ts';

/** `.env.example`: every setting, commented out, with its default or an example. */
export function toEnvExample(): string {
  const head = [
    '# Settings of Pilotlight. Copy this file to .env and uncomment what you change; every line shown is the default or an example.',
    '# The command line wins over the environment, that over .env, that over pilotlight.yaml. All about each: docs/settings.md.',
  ];
  const blocks = SETTING_NAMES.map((name) => block(SETTINGS[name]));
  return `${[head.join('\n'), ...blocks].join('\n\n')}\n`;
}

function block(row: Setting<unknown>): string {
  const text = `${row.title.charAt(0).toUpperCase()}${row.title.slice(1)}. ${row.details}`;
  const hasPlainDefault = row.examples.includes(row.defaultText);
  return [
    ...wrap(text, 110).map((line) => `# ${line}`),
    `# ${row.variable}=${hasPlainDefault ? row.defaultText : (row.examples[0] ?? '')}`,
  ].join('\n');
}
