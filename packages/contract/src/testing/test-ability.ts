import { test } from 'vitest';

import type { Ability, EngineSuite, EngineUnderTest } from './engine-suite.ts';

/** A test with a fresh engine. */
export function testEngine(suite: EngineSuite, name: string, body: (subject: EngineUnderTest) => Promise<void>): void {
  test(name, async () => {
    await using subject = await suite.make();
    await body(subject);
  });
}

/** A test of something that not every engine can do; without the ability it is reported as skipped, with the declared reason. */
export function testAbility(ability: Ability, name: string, register: (name: string) => void): void {
  if (ability === true) {
    register(name);
    return;
  }
  if (ability.trim() === '') throw new Error(`"${name}" is not possible: the reason must be given`);
  test(`${name} (cannot: ${ability})`, ({ skip }) => skip(ability));
}

/** What the ability promises must have been handed over by the maker. */
export function given<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new Error(`the ability is declared, but the maker gave no ${name}`);
  return value;
}
