import { parseArgs } from 'node:util';

import { closest, flagOptions } from '@pilotlight/settings';

import { COMMON_OPTIONS } from './command.ts';
import type { Command, FlagValues, OptionSpec } from './command.ts';

export type ParsedLine =
  | {
      readonly kind: 'run';
      readonly command: Command;
      readonly arguments: readonly string[];
      readonly values: FlagValues;
    }
  | { readonly kind: 'help'; readonly command: Command | undefined }
  | { readonly kind: 'version' }
  /** `message` says what is wrong and what would be right. */
  | { readonly kind: 'wrong'; readonly command: Command | undefined; readonly message: string };

/** Reads a command line against the table of commands. Pure: prints nothing, runs nothing. */
export function parseLine(line: readonly string[], commands: readonly Command[]): ParsedLine {
  const { name, rest } = splitLine(line);
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    return { kind: 'help', command: commands.find((command) => command.name === rest[0]) };
  }
  if (name === '--version' || name === 'version') return { kind: 'version' };
  const command = commands.find((candidate) => candidate.name === name);
  if (!command) {
    const names = commands.map((known) => known.name);
    return {
      kind: 'wrong',
      command: undefined,
      message: `There is no command "${name}".${didYouMean(closest(name, names))} There are: ${names.join(', ')}.`,
    };
  }
  return parseCommand(command, rest);
}

/** The command's name, and the rest: options that every command takes may also stand before it. */
function splitLine(line: readonly string[]): { readonly name: string | undefined; readonly rest: string[] } {
  let place = 0;
  for (let spec = leadingOption(line[place]); spec !== undefined; spec = leadingOption(line[place])) {
    place += spec.value === undefined || line[place]?.includes('=') === true ? 1 : 2;
  }
  return { name: line[place], rest: [...line.slice(0, place), ...line.slice(place + 1)] };
}

function leadingOption(word: string | undefined): OptionSpec | undefined {
  return COMMON_OPTIONS.find(({ name }) => name !== 'help' && (word === `--${name}` || word?.startsWith(`--${name}=`) === true));
}

function parseCommand(command: Command, rest: string[]): ParsedLine {
  const specs = [...command.options, ...COMMON_OPTIONS];
  const settings = command.takesSettings === true ? flagOptions() : {};
  const wrong = (message: string): ParsedLine => ({ kind: 'wrong', command, message });
  let parsed: { values: Record<string, string | boolean | undefined>; positionals: string[] };
  try {
    parsed = parseArgs({
      args: rest,
      options: { ...toParseOptions(specs), ...settings },
      allowPositionals: true,
      allowNegative: true,
      strict: true,
    });
  } catch (error) {
    return wrong(toWords(error, Object.keys({ ...toParseOptions(specs), ...settings })));
  }
  if (parsed.values['help'] === true) return { kind: 'help', command };
  const positionals = joinRest(command, parsed.positionals);
  const needed = command.arguments.filter((argument) => argument.required);
  const missing = needed[positionals.length];
  if (missing) return wrong(`"${missing.name}" is missing: ${missing.description}.`);
  if (positionals.length > command.arguments.length) {
    return wrong(`"${positionals[command.arguments.length]}" is one word too many. Put a text with blanks into quotes.`);
  }
  const values = Object.fromEntries(
    Object.entries(parsed.values).filter((entry): entry is [string, string | boolean] => entry[1] !== undefined),
  );
  return { kind: 'run', command, arguments: positionals, values };
}

/** What `parseArgs` complains of; an option that is not there with the one that was most likely meant. */
function toWords(error: unknown, known: readonly string[]): string {
  if (!(error instanceof Error)) return String(error);
  const unknown = /^Unknown option '(--?[^']+)'/.exec(error.message)?.[1];
  if (unknown === undefined) return error.message;
  const near = unknown.startsWith('--') ? closest(unknown.slice(2), known) : undefined;
  return `There is no option "${unknown}".${didYouMean(near === undefined ? undefined : `--${near}`)}`;
}

function didYouMean(near: string | undefined): string {
  return near === undefined ? '' : ` Did you mean "${near}"?`;
}

function joinRest({ arguments: specs }: Command, positionals: readonly string[]): readonly string[] {
  const last = specs.length - 1;
  if (specs[last]?.takesRest !== true || positionals.length <= last) return positionals;
  return [...positionals.slice(0, last), positionals.slice(last).join(' ')];
}

function toParseOptions(specs: readonly OptionSpec[]): Record<string, { type: 'string' | 'boolean'; short?: string }> {
  return Object.fromEntries(
    specs.map((spec) => [
      spec.name,
      {
        type: spec.value === undefined ? ('boolean' as const) : ('string' as const),
        ...(spec.short === undefined ? {} : { short: spec.short }),
      },
    ]),
  );
}
