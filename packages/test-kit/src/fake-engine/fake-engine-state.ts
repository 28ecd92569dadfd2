import type { EventList } from './event-list.ts';
import type { Exchange } from './exchange.ts';
import type { FakeEngineConfig, FakeModel } from './fake-engine-config.ts';
import { findModel } from './fake-engine-config.ts';
import type { FaultList } from './fault-list.ts';
import { HttpFailure } from './http-failure.ts';
import type { RunnerTable } from './runner-table.ts';
import type { Scheduler } from './scheduler.ts';

/** What the handlers share. */
export interface FakeEngineState {
  config(): FakeEngineConfig;
  readonly faults: FaultList;
  readonly events: EventList;
  readonly runners: RunnerTable;
  readonly scheduler: Scheduler;
}

/** Answers one request. Throws `HttpFailure` to refuse it. */
export type Handler = (state: FakeEngineState, exchange: Exchange) => Promise<void> | void;

/** The model that a request names. */
export function modelOf(state: FakeEngineState, name: unknown): FakeModel {
  if (typeof name !== 'string' || name === '') throw new HttpFailure(400, 'model is required');
  const model = findModel(state.config().models, name);
  if (model === undefined) throw new HttpFailure(404, `model '${name}' not found`);
  return model;
}
