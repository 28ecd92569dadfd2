// `npm start`: installs what is missing, builds the page if it is stale, and hands over to the server. Runs on any Node from 18.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { buildWebIfStale } from './build-web.mjs';
import { findNode } from './find-node.mjs';
import { installIfNeeded } from './install.mjs';
import { toLaunch } from './launch.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

installIfNeeded(root);
const node = findNode();
if (node === undefined) {
  process.stderr.write(
    `Pilotlight needs Node 24 or newer. This is Node ${process.versions.node}, and npm has no newer one for ${process.platform} on ${process.arch}.\n`,
  );
  process.exit(1);
}
buildWebIfStale(root, node);

const launch = toLaunch(['serve', ...process.argv.slice(2)], process.env);
const server = spawn(node, launch.arguments, { stdio: 'inherit', env: launch.environment });

// A terminal sends Ctrl-C to the server as well. SIGTERM asks for the same end, and twice is not "at once", as two times Ctrl-C are.
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) process.on(signal, () => server.kill('SIGTERM'));

// npm starts this through a shell, and a shell that is told to end does not pass that on. Its end shows as a change of parent.
const parent = process.ppid;
if (process.env['npm_lifecycle_event'] !== undefined) {
  setInterval(() => {
    if (process.ppid !== parent) server.kill('SIGTERM');
  }, 250).unref();
}

server.on('error', (error) => {
  process.stderr.write(`${node} could not be started: ${error.message}\n`);
  process.exit(1);
});
server.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
