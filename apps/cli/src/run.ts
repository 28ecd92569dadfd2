import { parseLine } from './arguments.ts';
import type { CommandContext } from './command.ts';
import { COMMANDS } from './commands.ts';
import { commandHelp, generalHelp } from './help.ts';
import { ServerFailure } from './server-client.ts';
import type { ServerClient } from './server-client.ts';
import type { Terminal } from './terminal.ts';

const EXIT_FAILED = 1;
const EXIT_USAGE = 2;

export interface Surroundings {
  readonly terminal: Terminal;
  readonly version: string;
  /** A client for the server that `--url`, or else the settings, name. */
  readonly connect: (url: string | undefined) => ServerClient;
  readonly data: CommandContext['data'];
  readonly readFile: CommandContext['readFile'];
  readonly readBytes: CommandContext['readBytes'];
  readonly serve: CommandContext['serve'];
}

/** Runs one command line and resolves with the exit code. Everything that can go wrong is said on standard error, in JSON if asked. */
export async function run(line: readonly string[], { terminal, version, connect, ...rest }: Surroundings): Promise<number> {
  const parsed = parseLine(line, COMMANDS);
  switch (parsed.kind) {
    case 'help':
      terminal.write(parsed.command ? commandHelp(parsed.command) : generalHelp(COMMANDS));
      return 0;
    case 'version':
      terminal.write(`${version}\n`);
      return 0;
    case 'wrong': {
      const remedy = `${parsed.command ? `pilotlight ${parsed.command.name} --help` : 'pilotlight --help'} says more.`;
      complainOf(terminal, line.includes('--json'), { code: 'wrong_usage', message: parsed.message, remedy });
      return EXIT_USAGE;
    }
    case 'run':
  }
  const { command, values } = parsed;
  const option = (name: string): string | undefined => (typeof values[name] === 'string' ? values[name] : undefined);
  const json = values['json'] === true;
  try {
    const server = connect(option('url'));
    return await command.run({ arguments: parsed.arguments, option, values, json, server, terminal, ...rest });
  } catch (error) {
    if (!(error instanceof ServerFailure)) throw error;
    complainOf(terminal, json, error);
    return EXIT_FAILED;
  }
}

interface Complaint {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** In words on standard error; for a program in JSON, where it reads. */
function complainOf(terminal: Terminal, json: boolean, { code, message, remedy }: Complaint): void {
  if (json) terminal.write(`${JSON.stringify({ error: { code, detail: message, remedy } })}\n`);
  else terminal.note(`${message}\n${remedy}\n`);
}
