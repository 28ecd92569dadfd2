import { loadSettings } from '@pilotlight/settings';
import type { Settings } from '@pilotlight/settings';
import { sleep } from '@pilotlight/contract';

import packageFile from '../../package.json' with { type: 'json' };
import { complain, endProcess, isTerminal, killProcess, onEndRequest, onUncaught, say } from '../adapters/process-life.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { createPinoSink } from '../log/adapters/pino-sink.ts';
import { createLog } from '../log/create-log.ts';
import type { WriteLog } from '../log/log-events.ts';
import { unknownEngines } from './engine-names.ts';
import { toModelSettings } from './model-settings.ts';
import type { RunningServer } from './start-server.ts';
import { toFindings, toGreeting, toStartFailure } from './words.ts';

const EXIT_FAILED = 1;
/** The settings are wrong, or not safe. */
const EXIT_SETTINGS = 2;

/** After that the process ends whether everything has ended or not. */
const CLOSE_LIMIT_MS = 4_500;

/** Flags by their name without hyphens, as `parseArgs` gives them. */
export type Flags = Readonly<Record<string, string | boolean | undefined>>;

/** Runs the server in this process until it is asked to end; resolves with the exit code. What went wrong has been said. */
export async function serve(flags: Flags = {}): Promise<number> {
  const result = loadSettings({ flags });
  for (const warning of result.warnings) complain(`${warning}\n`);
  if (!result.ok) {
    for (const problem of result.problems) complain(`${problem}\n`);
    complain('docs/settings.md has all settings.\n');
    return EXIT_SETTINGS;
  }
  const problems = [...toModelSettings(result.settings).problems, ...unknownEngines(result.settings)];
  for (const problem of problems) complain(`${problem}\n`);
  if (problems.length > 0) return EXIT_SETTINGS;
  const sink = createPinoSink({ level: result.settings.logLevel, isTerminal: isTerminal() });
  const log = createLog(sink);
  const broken = Promise.withResolvers<Ending>();
  const logFault = (error: unknown): void => log('fault', { facts: { doing: 'nobody was watching' }, cause: error });
  using _uncaught = onUncaught({
    onThrown(error) {
      logFault(error);
      broken.resolve({ reason: 'an error that nobody caught', code: EXIT_FAILED });
    },
    onRejected: logFault,
  });
  try {
    return await serveWith({ settings: result.settings, log, broken: broken.promise, flush: () => sink.flush() });
  } finally {
    sink.flush();
  }
}

interface Ending {
  readonly reason: string;
  readonly code: number;
}

interface Serving {
  readonly settings: Settings;
  readonly log: WriteLog;
  /** Resolves when the process cannot be trusted any more. */
  readonly broken: Promise<Ending>;
  readonly flush: () => void;
}

async function serveWith({ settings, log, broken, flush }: Serving): Promise<number> {
  const asked = Promise.withResolvers<Ending>();
  let interrupts = 0;
  using _end = onEndRequest((signal) => {
    if (signal === 'SIGINT') interrupts += 1;
    asked.resolve({ reason: signal, code: 0 });
    // Whoever presses Ctrl-C twice does not want to wait.
    if (interrupts > 1) {
      flush();
      endProcess(130);
    }
  });
  const { startServer, StartFailure } = await import('./start-server.ts');
  const starting = startServer({ settings, version: packageFile.version, log });
  let server: RunningServer | Ending;
  try {
    server = await Promise.race([starting, asked.promise, broken]);
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    complain(error.message);
    return EXIT_FAILED;
  }
  if (!('close' in server)) return await giveUp(starting, server, flush);
  const { reason, code } = await Promise.race([asked.promise, broken, follow(server, { settings, log })]);
  await closeInTime(server, reason, flush);
  return code;
}

/** Says what the start finds. Resolves only if it fails. */
async function follow(server: RunningServer, { settings, log }: Pick<Serving, 'settings' | 'log'>): Promise<Ending> {
  say(toGreeting(packageFile.version, server.url));
  try {
    await server.started;
  } catch (error) {
    log('fault', { facts: { doing: 'the server started' }, cause: error });
    complain(toStartFailure(error));
    return { reason: 'the start failed', code: EXIT_FAILED };
  }
  const { dataFolder, databaseUrl } = settings;
  say(toFindings(server.gateway.models(), { dataFolder, hasDatabase: databaseUrl !== undefined, modelFolders: server.modelFolders }));
  return new Promise<never>(() => {});
}

/** Ends a start that is under way. What holds it up, such as a disk that does not answer, may hold up an ordinary end of the process too. */
async function giveUp(starting: Promise<RunningServer>, { reason, code }: Ending, flush: () => void): Promise<number> {
  const ended = starting.then(
    (server) => server.close(reason),
    () => {},
  );
  const limit = sleep(systemClock, CLOSE_LIMIT_MS).then(() => 'late' as const);
  if ((await Promise.race([ended, limit])) !== 'late') return code;
  flush();
  killProcess();
  return code;
}

async function closeInTime(server: RunningServer, reason: string, flush: () => void): Promise<void> {
  // This timer holds the process: what it waits for may hold nothing itself.
  const limit = sleep(systemClock, CLOSE_LIMIT_MS).then(() => 'late' as const);
  const outcome = await Promise.race([server.close(reason).then(() => 'closed' as const), limit]);
  if (outcome === 'closed') return;
  flush();
  endProcess(EXIT_FAILED);
}
