#!/usr/bin/env node
// Runs on any Node from 18 and hands over to the Node that came with the project.
import { spawn } from 'node:child_process';

import { findNode } from '../../../scripts/find-node.mjs';
import { toLaunch } from '../../../scripts/launch.mjs';

const found = findNode();
if (found === undefined) {
  process.stderr.write('pilotlight: Node 24 or newer is needed and was not found. Run "npm install" in the project first.\n');
  process.exit(1);
}
const launch = toLaunch(process.argv.slice(2), process.env);
const child = spawn(found, launch.arguments, { stdio: 'inherit', env: launch.environment });
// A terminal sends Ctrl-C to both; what is sent to this process alone is passed on.
process.on('SIGINT', () => {});
for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`pilotlight: ${found} could not be started: ${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
