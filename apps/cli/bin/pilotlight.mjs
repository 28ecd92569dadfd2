#!/usr/bin/env node
// Runs on any Node from 18 and hands over to the Node that came with the project.
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { findNode } from '../../../scripts/find-node.mjs';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const found = findNode();
if (found === undefined) {
  process.stderr.write('pilotlight: Node 24 or newer is needed and was not found. Run "npm install" in the project first.\n');
  process.exit(1);
}
// Compiled modules are kept, which halves the start.
const cache = process.env['NODE_COMPILE_CACHE'] ?? fileURLToPath(new URL('../../../node_modules/.cache/compiled', import.meta.url));
const child = spawn(found, ['--disable-warning=ExperimentalWarning', '--max-semi-space-size=4', main, ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, NODE_COMPILE_CACHE: cache },
});
// A terminal sends Ctrl-C to both; what is sent to this process alone is passed on.
process.on('SIGINT', () => {});
for (const signal of /** @type {const} */ (['SIGTERM', 'SIGHUP'])) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`pilotlight: ${found} could not be started: ${error.message}\n`);
  process.exit(1);
});
child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)));
