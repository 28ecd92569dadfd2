import { toHelpText } from '@pilotlight/settings';

import { COMMON_OPTIONS } from './command.ts';
import type { Command, OptionSpec } from './command.ts';

/** The text of `pilotlight --help`. */
export function generalHelp(commands: readonly Command[]): string {
  const rows = commands.map((command) => [usageOf(command), command.summary] as const);
  return [
    'Pilotlight: chat with local models, and a gateway that keeps them dependable.',
    '',
    'Usage: pilotlight COMMAND [OPTIONS]',
    '',
    ...table(rows),
    '',
    'For every command:',
    ...table(COMMON_OPTIONS.map(toRow)),
    '',
    'The token (PILOTLIGHT_TOKEN) goes to the server of the settings. A server named with --url gets it if it is the same one,',
    'or if the token stands in the environment: one out of .env or pilotlight.yaml is sent nowhere else.',
    '',
    'pilotlight COMMAND --help says more. Settings: docs/settings.md.',
    '',
  ].join('\n');
}

/** The text of `pilotlight COMMAND --help`. */
export function commandHelp(command: Command): string {
  const usage = [`Usage: pilotlight ${usageOf(command)} [OPTIONS]`, '', `${command.summary}.`, ''];
  const words =
    command.arguments.length === 0
      ? []
      : [...table(command.arguments.map((argument) => [argument.name, argument.description] as const)), ''];
  const settings =
    command.takesSettings === true ? ['', 'Settings, which win over environment, .env and pilotlight.yaml:', toHelpText()] : [];
  return [...usage, ...words, ...table([...command.options, ...COMMON_OPTIONS].map(toRow)), ...settings, ''].join('\n');
}

function usageOf(command: Command): string {
  const words = command.arguments.map((argument) => (argument.required ? argument.name : `[${argument.name}]`));
  return [command.name, ...words].join(' ');
}

function toRow(option: OptionSpec): readonly [string, string] {
  const long = option.value === undefined ? `--${option.name}` : `--${option.name} ${option.value}`;
  return [option.short === undefined ? long : `-${option.short}, ${long}`, option.description];
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length)) + 3;
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`);
}
