import type { Scenario } from '../scenario.ts';
import { ANSWERING_SCENARIOS, ENDED } from './answering.ts';
import { ORGANISED } from './organised.ts';
import { PAGES } from './pages.ts';
import { SEARCHING } from './searching.ts';
import { WAITING } from './waiting.ts';

/** Every state of the page, by name. */
export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  ...PAGES,
  ...ORGANISED,
  ...SEARCHING,
  ...WAITING,
  ...ANSWERING_SCENARIOS,
  ...ENDED,
};
