import type { FakeEngineEvent } from './event-list.ts';
import type { Fault, FakeEngineConfig } from './fake-engine-config.ts';
import type { FakeEngineState, Handler } from './fake-engine-state.ts';

/** What the fake engine tells of itself. */
export interface FakeEngineReport {
  readonly events: readonly FakeEngineEvent[];
  readonly resident: readonly string[];
  readonly loading: string | undefined;
}

export interface ControlledState extends FakeEngineState {
  patch(change: Partial<FakeEngineConfig>): void;
}

/** Changes and looks at the fake engine while it runs, on the port of the engine itself. */
export function createControlRoutes(state: ControlledState): Readonly<Record<string, Handler>> {
  return {
    'GET /control/state': (_state, exchange) => {
      const report: FakeEngineReport = {
        events: state.events.events,
        resident: [...state.runners.values()].map((runner) => runner.model.name),
        loading: state.scheduler.load?.model,
      };
      exchange.send(200, report);
    },
    'POST /control/config': async (_state, exchange) => {
      state.patch(await exchange.json());
      exchange.send(200, {});
    },
    'POST /control/fault': async (_state, exchange) => {
      state.faults.add((await exchange.json()) as unknown as Fault);
      exchange.send(200, {});
    },
    'POST /control/clear': (_state, exchange) => {
      state.faults.replace([]);
      state.events.clear();
      exchange.send(200, {});
    },
    /** Every runner dies, as by the hand of the kernel; answers that run end with an error line. */
    'POST /control/kill-runners': (_state, exchange) => {
      for (const runner of [...state.runners.values()]) state.runners.kill(runner);
      exchange.send(200, {});
    },
    /** The whole process dies. */
    'POST /control/die': () => {
      process.kill(process.pid, 'SIGKILL');
    },
  };
}
