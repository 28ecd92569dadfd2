import { sleep } from '@pilotlight/contract';
import type { Engine, GatewayPart } from '@pilotlight/contract';
import { createManualClock, createSeededRandomness } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { createGateway } from './create-gateway.ts';
import { codeOf } from './testing/bench.ts';
import { createScriptedEngine } from './testing/scripted-engine.ts';

/** A gateway that has just begun to look at an engine which takes so long to tell its models. */
function setUp(listMs: number) {
  const clock = createManualClock();
  const engine = createScriptedEngine({ clock, models: [{ name: 'mistral:latest' }] });
  const list: Engine['list'] = async () => {
    await sleep(clock, listMs);
    return engine.list();
  };
  const slow: Engine = Object.create(engine, { list: { value: list } }) as Engine;
  const gateway = createGateway({
    engines: [slow],
    clock,
    randomness: createSeededRandomness(1),
    machine: { cores: 2, memory: async () => ({ totalBytes: 16_000, freeBytes: 8_000 }) },
    settings: { defaultModel: 'mistral:latest' },
    log: () => {},
  });
  async function ask(model: string, signal = new AbortController().signal): Promise<unknown> {
    const parts: GatewayPart[] = [];
    const message = { role: 'user', content: 'hello' } as const;
    const request = { model, task: 'chat', messages: [message], options: {}, priority: 'api', requestId: 'r', label: 'an answer' } as const;
    try {
      for await (const part of gateway.generate(request, signal)) parts.push(part);
      return parts.at(-1)?.type;
    } catch (error) {
      return codeOf(error);
    }
  }
  return { clock, ask, [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose]() };
}

describe('a request before the engines were looked at', () => {
  it('waits for that, and is answered', async () => {
    await using house = setUp(1_000);
    expect(await house.clock.advanceUntil(house.ask('mistral'))).toBe('finish');
  });

  it('is refused after it for what no engine has, and waits no longer than an engine has time for', async () => {
    await using house = setUp(60_000);
    expect(await house.clock.advanceUntil(house.ask('mistral'))).toBe('model_not_found');
    expect(house.clock.monotonic()).toBeLessThanOrEqual(3_000);
  });

  it('may be left while it waits', async () => {
    await using house = setUp(2_000);
    const client = new AbortController();
    const asked = house.ask('mistral', client.signal);
    client.abort(new Error('left'));
    expect(await asked).toBe('Error: left');
    expect(house.clock.monotonic()).toBe(0);
  });
});
