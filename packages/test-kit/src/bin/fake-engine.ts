#!/usr/bin/env node
/**
 * The fake engine as a program. `--config JSON` sets it up (see FakeEngineConfig), `--port N` is short for the port alone.
 * Prints one line of JSON with its port when it listens.
 */
import { parseArgs } from 'node:util';

import { createFakeEngine } from '../fake-engine/create-fake-engine.ts';
import type { FakeEngineConfig } from '../fake-engine/fake-engine-config.ts';

const { values } = parseArgs({ options: { config: { type: 'string', default: '{}' }, port: { type: 'string' } } });
const config = JSON.parse(values.config) as Partial<FakeEngineConfig>;
const engine = await createFakeEngine(values.port === undefined ? config : { ...config, port: Number(values.port) });

/** As the real one at SIGTERM: connections are cut without a last chunk. */
async function end(): Promise<void> {
  if (config.ignoreSigterm === true) return;
  await engine[Symbol.asyncDispose]();
  process.exit(0);
}
process.on('SIGTERM', () => void end());
process.on('SIGINT', () => void end());
process.stdout.write(`${JSON.stringify({ port: engine.port, pid: process.pid })}\n`);
