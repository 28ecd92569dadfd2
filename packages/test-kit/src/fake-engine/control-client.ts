import type { FakeEngineReport } from './control-routes.ts';
import type { FakeEngineConfig, Fault } from './fake-engine-config.ts';

/** The remote control of a running fake engine. */
export interface FakeEngineControl {
  /** Changes parts of its configuration. */
  set(change: Partial<FakeEngineConfig>): Promise<void>;
  /** Adds a fault. */
  fault(fault: Fault): Promise<void>;
  /** Takes all faults away and forgets all events. */
  clear(): Promise<void>;
  state(): Promise<FakeEngineReport>;
  /** Kills what runs the models, and leaves the server. */
  killRunners(): Promise<void>;
  /** Kills its process; resolves when the connection has broken. */
  die(): Promise<void>;
}

export function createControlClient(url: string): FakeEngineControl {
  const post = async (path: string, body: unknown): Promise<void> => {
    const response = await fetch(`${url}${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`the fake engine answered ${response.status} to ${path}: ${await response.text()}`);
    await response.arrayBuffer();
  };
  return {
    set: (change) => post('/control/config', change),
    fault: (fault) => post('/control/fault', fault),
    clear: () => post('/control/clear', {}),
    async state() {
      const response = await fetch(`${url}/control/state`);
      return (await response.json()) as FakeEngineReport;
    },
    killRunners: () => post('/control/kill-runners', {}),
    die: () => post('/control/die', {}).then(undefined, () => {}),
  };
}
