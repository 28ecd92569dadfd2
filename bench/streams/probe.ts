import { Session } from 'node:inspector/promises';
import { createConnection } from 'node:net';
import { monitorEventLoopDelay, performance, PerformanceObserver } from 'node:perf_hooks';
import { createInterface } from 'node:readline';

import type { ProbeAnswer, ProbeCommand } from './watch-server.ts';

// Loaded into the measured server with `--import`, before its own program: it says how the server's process is doing whenever it is asked over a socket. The
// server itself has nothing of the kind, and pays nothing for it.

const path = process.env['STREAMS_PROBE'];
if (path === undefined) throw new Error('STREAMS_PROBE names no socket');

const NS_PER_MS = 1e6;
/** Finer costs the measured server more, coarser misses what is short. */
const PROFILE_INTERVAL_US = 500;

const delay = monitorEventLoopDelay({ resolution: 10 });
delay.enable();
let last = performance.eventLoopUtilization();
let gcMs = 0;
new PerformanceObserver((list) => {
  for (const { duration } of list.getEntries()) gcMs += duration;
}).observe({ entryTypes: ['gc'] });
const session = new Session();
session.connect();

async function answer(command: ProbeCommand): Promise<ProbeAnswer> {
  if (command === 'profile') {
    await session.post('Profiler.enable');
    await session.post('Profiler.setSamplingInterval', { interval: PROFILE_INTERVAL_US });
    await session.post('Profiler.start');
  }
  const profile = command === 'stop' ? (await session.post('Profiler.stop')).profile : undefined;
  const now = performance.eventLoopUtilization();
  const { utilization } = performance.eventLoopUtilization(now, last);
  const { heapUsed, external, arrayBuffers, rss } = process.memoryUsage();
  const lateMs = { p50: delay.percentile(50) / NS_PER_MS, p99: delay.percentile(99) / NS_PER_MS, most: delay.max / NS_PER_MS };
  const found = { busy: utilization, lateMs, gcMs, memory: { heapUsed, external, arrayBuffers, rss }, profile };
  last = now;
  gcMs = 0;
  delay.reset();
  if (command === 'collect') globalThis.gc?.();
  return found;
}

const socket = createConnection(path);
socket.unref();
createInterface(socket).on('line', (line) => {
  void answer(line as ProbeCommand).then((found) => socket.write(`${JSON.stringify(found)}\n`));
});
