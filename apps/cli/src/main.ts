import { loadSettings } from '@pilotlight/settings';

import { createDataFolder } from './adapters/local-data-folder.ts';
import { createHttpServerClient } from './adapters/http-server-client.ts';
import { createProcessTerminal } from './adapters/process-terminal.ts';
import { readBytes, readFile } from './adapters/read-file.ts';
import { chooseServer } from './choose-server.ts';
import { run } from './run.ts';
import { ServerFailure } from './server-client.ts';
import type { ServerClient } from './server-client.ts';
import packageFile from '../package.json' with { type: 'json' };

/** A client for the server at the address given, or at the one that the settings make a server of this folder listen at. */
function connect(url: string | undefined): ServerClient {
  const result = loadSettings();
  if (!result.ok)
    throw new ServerFailure(result.problems.join('\n'), {
      code: 'invalid_settings',
      remedy: 'Correct the setting; docs/settings.md has them all.',
    });
  const chosen = chooseServer(url, result.settings);
  return createHttpServerClient(chosen.url, chosen.token);
}

const code = await run(process.argv.slice(2), {
  terminal: createProcessTerminal(),
  version: packageFile.version,
  connect,
  data: createDataFolder(),
  readFile,
  readBytes,
  serve: async (flags) => {
    const { serve } = await import('@pilotlight/server');
    return serve(flags);
  },
});
process.exit(code);
