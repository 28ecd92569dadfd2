import { loadSettings } from '@pilotlight/settings';
import type { Settings } from '@pilotlight/settings';
import { sleep } from '@pilotlight/contract';

import packageFile from '../../package.json' with { type: 'json' };
import { complain, endProcess, isTerminal, onEndRequest, onUncaught, say } from '../adapters/process-life.ts';
import { systemClock } from '../adapters/system-clock.ts';
import { createPinoSink } from '../log/adapters/pino-sink.ts';
import { createLog } from '../log/create-log.ts';
import type { WriteLog } from '../log/log-events.ts';
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
  const sink = createPinoSink({ level: result.settings.logLevel, isTerminal: isTerminal() });
  const log = createLog(sink);
  using _uncaught = onUncaught((error) => log('fault', { facts: { doing: 'nobody was watching' }, cause: error }));
  try {
    return await serveWith(result.settings, log, () => sink.flush());
  } finally {
    sink.flush();
  }
}

async function serveWith(settings: Settings, log: WriteLog, flush: () => void): Promise<number> {
  const ended = Promise.withResolvers<string>();
  let interrupts = 0;
  using _end = onEndRequest((signal) => {
    if (signal === 'SIGINT') interrupts += 1;
    ended.resolve(signal);
    // Whoever presses Ctrl-C twice does not want to wait.
    if (interrupts > 1) {
      flush();
      endProcess(130);
    }
  });
  const { startServer, StartFailure } = await import('./start-server.ts');
  let server: RunningServer;
  try {
    server = await startServer({ settings, version: packageFile.version, log });
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    complain(error.message);
    return EXIT_FAILED;
  }
  // A server that cannot store anything is at no address.
  server.opened.then(
    () => say(toGreeting(packageFile.version, server.url)),
    () => {},
  );
  const failed = server.started.then(
    () => {
      say(toFindings(server.gateway.models()));
      return new Promise<never>(() => {});
    },
    (error: unknown) => ({ error }),
  );
  const outcome = await Promise.race([ended.promise, failed]);
  const reason = typeof outcome === 'string' ? outcome : 'the start failed';
  if (typeof outcome !== 'string') {
    log('fault', { facts: { doing: 'the server started' }, cause: outcome.error });
    complain(toStartFailure(outcome.error));
  }
  await closeInTime(server, reason, flush);
  return typeof outcome === 'string' ? 0 : EXIT_FAILED;
}

async function closeInTime(server: RunningServer, reason: string, flush: () => void): Promise<void> {
  // This timer holds the process: what it waits for may hold nothing itself.
  const limit = sleep(systemClock, CLOSE_LIMIT_MS).then(() => 'late' as const);
  const outcome = await Promise.race([server.close(reason).then(() => 'closed' as const), limit]);
  if (outcome === 'closed') return;
  flush();
  endProcess(EXIT_FAILED);
}
