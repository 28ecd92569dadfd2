import { describe, expect, it } from 'vitest';

import type { LogEvent } from './log.ts';
import { watchEngine } from './observation/watch-engine.ts';
import { codeOf, setUpBench } from './testing/bench.ts';

describe('an engine that goes and comes', () => {
  it('is known to be away within 3 s, with its models listed and the reason, and known to be back within 3 s', async () => {
    await using bench = await setUpBench();
    await bench.clock.advanceUntil(bench.ask().ended);
    expect(bench.view('mistral')).toMatchObject({ phase: 'ready', health: true });
    bench.engine.kill();
    await bench.clock.advance(3000);
    expect(bench.log.findLast(({ name }) => name === 'engine')?.level).toBe('warn');
    const reason = 'Ollama on localhost:11434 does not answer: connection refused, tried for 0.3 s';
    expect(bench.view('mistral')).toMatchObject({ phase: 'unknown', health: false, ready: false, reason });
    expect(bench.gateway.models().engines).toMatchObject([{ reachable: false, reason }]);
    await bench.clock.advance(60_000);
    bench.engine.start();
    await bench.clock.advance(3000);
    expect(bench.view('mistral')).toMatchObject({ phase: 'cold', health: true });
    expect(await bench.clock.advanceUntil(bench.ask().ended)).toBeUndefined();
  });

  it('is no warning while it was never there', async () => {
    await using bench = await setUpBench();
    const gone = { ...bench.engine, check: () => Promise.resolve({ reachable: false, address: 'x', durationMs: 0 }) };
    const log: LogEvent[] = [];
    using watch = watchEngine({
      engine: gone,
      clock: bench.clock,
      log: (event) => void log.push(event),
      onStatus() {},
      onAway() {},
      onListing() {},
      onResidency() {},
      onBlind() {},
    });
    await watch.look();
    expect(log).toMatchObject([{ name: 'engine', level: 'info', reachable: false }]);
  });

  it('answers a request that came while it was away, once it is back', async () => {
    await using bench = await setUpBench();
    bench.engine.kill();
    await bench.clock.advance(3000);
    const answer = bench.ask();
    await bench.clock.settle();
    expect(answer.parts[0]).toMatchObject({ phase: 'retrying', reason: expect.stringContaining('connection refused') });
    bench.engine.start();
    expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
    expect(answer.text()).toBe('t0 t1 t2 ');
  });

  it('does not hold up the others, however long it hangs', async () => {
    await using bench = await setUpBench({
      engines: [{ id: 'ollama' }, { id: 'llama.cpp', observation: 'push', models: [{ name: 'pilot:latest' }] }],
    });
    const hang = new Promise<never>(() => {});
    Object.assign(bench.engine, { check: () => hang, list: () => hang, resident: () => hang });
    const answer = bench.ask({ model: 'pilot' });
    expect(await bench.clock.advanceUntil(answer.ended)).toBeUndefined();
    expect(answer.times.at(-1)).toBeLessThan(2000);
    await bench.clock.advance(10_000);
    expect(bench.view('mistral')).toMatchObject({ health: false, phase: 'unknown' });
  });

  it('is not called away for one slow check while the machine is busy', async () => {
    await using bench = await setUpBench();
    const check = bench.engine.check.bind(bench.engine);
    let slow = 1;
    Object.assign(bench.engine, {
      check: () => {
        slow -= 1;
        return slow < 0 ? check() : Promise.resolve({ reachable: false, address: 'x', reason: 'timeout', durationMs: 2000 });
      },
    });
    await bench.clock.advance(1500);
    expect(bench.view('mistral').health).toBe(true);
    slow = 5;
    await bench.clock.advance(3000);
    expect(bench.view('mistral').health).toBe(false);
  });

  it('says of loads and unloads by other clients that they were theirs', async () => {
    await using bench = await setUpBench();
    bench.engine.loadByOthers('mistral:latest');
    await bench.clock.advance(3000);
    expect(bench.view('mistral')).toMatchObject({ phase: 'unknown', reason: 'in memory, put there by another client; no token seen yet' });
    await bench.clock.advanceUntil(bench.ask().ended);
    expect(bench.engine.loads).toEqual([]);
    expect(bench.view('mistral')).toMatchObject({ phase: 'ready', metrics: { loads: 0, answers: 1 } });
    bench.engine.unloadByOthers('mistral:latest');
    await bench.clock.advance(3000);
    expect(bench.view('mistral')).toMatchObject({ phase: 'cold', reason: expect.stringContaining('unloaded it') });
  });

  it('lists models as they come and go', async () => {
    await using bench = await setUpBench();
    const removed: string[] = [];
    using _subscription = bench.gateway.subscribe((event) => {
      if (event.type === 'model_removed') removed.push(event.name);
    });
    bench.engine.setModels([{ name: 'phi3:mini' }, { name: 'broken:latest', defect: 'the file is cut short' }]);
    await bench.clock.advance(11_000);
    expect(bench.gateway.models().models.map(({ name }) => name)).toEqual(['phi3:mini', 'broken:latest']);
    expect(removed).toEqual(['mistral:latest']);
    expect(bench.view('broken')).toMatchObject({ phase: 'failed', health: false, reason: 'the file is cut short' });
    expect(codeOf(await bench.clock.advanceUntil(bench.ask({ model: 'broken' }).ended))).toBe('model_file_invalid');
    expect(bench.engine.loads).toEqual([]);
  });
});

describe('the start', () => {
  it('warms the default model without holding anything up, if it is told to', async () => {
    await using bench = await setUpBench({ settings: { warmAtStart: true } });
    expect(bench.view('mistral')).toMatchObject({ phase: 'loading', default: true, reason: 'wanted for the start of the server' });
    await bench.clock.advance(1500);
    const answer = bench.ask();
    await bench.clock.advanceUntil(answer.ended);
    expect(answer.parts.at(-1)).toMatchObject({ receipt: { load_ms: 0 } });
  });
});
