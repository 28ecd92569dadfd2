import type { DataFolder } from './data-folder.ts';
import type { ServerClient } from './server-client.ts';
import type { Terminal } from './terminal.ts';

export interface ArgumentSpec {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  /** Of the last argument: all words that are left, as one text. */
  readonly takesRest?: true;
}

export interface OptionSpec {
  /** Long name without hyphens. */
  readonly name: string;
  readonly short?: string;
  /** What stands for the value in help, such as `NAME`; absent for a switch. */
  readonly value?: string;
  readonly description: string;
}

export type FlagValues = Readonly<Record<string, string | boolean>>;

/** What a command gets when it runs. */
export interface CommandContext {
  readonly arguments: readonly string[];
  /** The value of an option that takes one, if given. */
  readonly option: (name: string) => string | undefined;
  /** All options as they were given, by name. */
  readonly values: FlagValues;
  readonly json: boolean;
  readonly server: ServerClient;
  readonly terminal: Terminal;
  /** The database itself, for what needs no server. */
  readonly data: DataFolder;
  /** The text of a file. Throws `ServerFailure` with words. */
  readonly readFile: (name: string) => Promise<string>;
  /** The bytes of a file. Throws `ServerFailure` with words. */
  readonly readBytes: (name: string) => Promise<Uint8Array>;
  /** Runs the server in this process, with these settings above all others; resolves with its exit code when it has ended. */
  readonly serve: (flags: FlagValues) => Promise<number>;
}

/** A command as data: help, completion and documents are made from it. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly arguments: readonly ArgumentSpec[];
  readonly options: readonly OptionSpec[];
  /** Whether every setting of docs/settings.md is an option of it, too. */
  readonly takesSettings?: boolean;
  /** Resolves with the exit code: 0 done, 1 failed (the cause has been said), 130 interrupted. */
  readonly run: (context: CommandContext) => Promise<number>;
}

/** Options that every command takes. */
export const COMMON_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'url',
    value: 'URL',
    description: 'the server to talk to (default: PILOTLIGHT_HOST and PILOTLIGHT_PORT); its token comes from the environment',
  },
  { name: 'json', description: 'print JSON for programs instead of words' },
  { name: 'help', short: 'h', description: 'print this help' },
];
