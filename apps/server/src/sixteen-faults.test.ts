import { sleep } from '@pilotlight/contract';
import { describe, expect, test } from 'vitest';

import { answer, MORE_FAULTS, SIXTEEN_FAULTS, unavailable } from './testing/fault-scenarios.ts';
import type { FaultScenario } from './testing/fault-scenarios.ts';
import { askHouse, setUpHouse } from './testing/gateway-house.ts';
import type { Outcome } from './testing/gateway-house.ts';
import { WHOLE_ANSWER } from './testing/scripted-upstream.ts';

function expectOutcome(outcome: Outcome, expected: FaultScenario['expected']): void {
  const isWhole = outcome.finish !== undefined && outcome.text === WHOLE_ANSWER;
  const isTold = outcome.problem !== undefined && outcome.problem.detail !== '' && outcome.finish === undefined;
  expect({ isWhole, isTold, outcome }).toMatchObject(
    expected === 'whole or told' ? { isWhole: !isTold } : { isWhole: expected === 'whole', isTold: expected === 'told' },
  );
}

describe('the 16 faults of an upstream', () => {
  for (const scenario of [...SIXTEEN_FAULTS, ...MORE_FAULTS]) {
    test(`${scenario.id}: ${scenario.fault} → ${scenario.expected}`, async () => {
      const { widerContext: contextLength } = scenario;
      await using house = await setUpHouse(contextLength === undefined ? {} : { profiles: { 'second:latest': { contextLength } } });
      house.primary.play(scenario.script);
      if (scenario.fallback !== undefined) house.fallback.play(scenario.fallback);
      const outcome = await askHouse(house, scenario.alone === true ? { model: 'first:latest' } : {});
      expectOutcome(outcome, scenario.expected);
      expect(outcome.tookMs).toBeLessThan(scenario.withinMs);
      const [least, most] = scenario.attempts ?? [1, 6];
      expect(house.primary.attempts.length).toBeGreaterThanOrEqual(least);
      expect(house.primary.attempts.length).toBeLessThanOrEqual(most);
      scenario.also?.(outcome, house);
      house.primary.play(answer);
      house.fallback.play(answer);
      expectOutcome(await askHouse(house), 'whole');
    });
  }

  test('S15: down for 60 s, then healthy; twenty requests, one every 4 s → all whole, and the first server serves again', async () => {
    await using house = await setUpHouse();
    const { clock, primary } = house;
    const upAtMs = clock.monotonic() + 60_000;
    primary.play((exchange) => (clock.monotonic() < upAtMs ? unavailable(exchange) : answer(exchange)));
    let last: Outcome | undefined;
    for (let index = 0; index < 20; index += 1) {
      last = await askHouse(house);
      expectOutcome(last, 'whole');
      await house.pass(sleep(clock, 4_000));
    }
    expect(last?.finish?.receipt).toMatchObject({ model: 'first:latest' });
  });
});
