import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import type { ControlledState } from './control-routes.ts';
import { createControlRoutes } from './control-routes.ts';
import { createEventList } from './event-list.ts';
import type { Exchange } from './exchange.ts';
import { createExchange } from './exchange.ts';
import type { FakeEngineConfig, Fault } from './fake-engine-config.ts';
import { DEFAULT_CONFIG } from './fake-engine-config.ts';
import type { FakeEngineState, Handler } from './fake-engine-state.ts';
import { createFaultList } from './fault-list.ts';
import { HttpFailure } from './http-failure.ts';
import { OLLAMA_ROUTES } from './ollama/ollama-routes.ts';
import { OPENAI_ROUTES } from './openai/openai-routes.ts';
import { ROUTER_ROUTES } from './openai/router-routes.ts';
import { createRunnerTable } from './runner-table.ts';
import { createScheduler } from './scheduler.ts';

/** A fake engine that listens in this process. */
export interface FakeEngineServer extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
}

function createState(given: Partial<FakeEngineConfig>): ControlledState & Disposable {
  let config: FakeEngineConfig = { ...DEFAULT_CONFIG, ...given };
  const events = createEventList();
  const faults = createFaultList(config.faults);
  const runners = createRunnerTable(() => config, events);
  const scheduler = createScheduler({ config: () => config, events, runners });
  return {
    config: () => config,
    faults,
    events,
    runners,
    scheduler,
    patch(change) {
      config = { ...config, ...change };
      if (change.faults !== undefined) faults.replace(change.faults);
    },
    [Symbol.dispose]() {
      scheduler.dispose();
      runners.dispose();
    },
  };
}

/** A fault that strikes before the request is looked at; true if the request is over. */
function strikeAtOnce(exchange: Exchange, fault: Fault | undefined): boolean {
  switch (fault?.kind) {
    case undefined:
      return false;
    case 'hang':
      return true;
    case 'cut':
      exchange.cut();
      return true;
    case 'reset':
      exchange.reset();
      return true;
    case 'die':
      process.kill(process.pid, 'SIGKILL');
      return true;
    case 'malformed':
      exchange.send(200, fault.text ?? '<html>this is no engine</html>');
      return true;
    case 'status':
    case 'error':
    case 'end':
    case 'long-line':
    case 'slices':
    case 'half-character':
    case 'runner-dies':
      throw new HttpFailure(fault.status ?? 500, fault.text ?? 'something failed');
  }
}

function sendFailure(exchange: Exchange, error: unknown): void {
  const { status, message } = error instanceof HttpFailure ? error : new HttpFailure(500, String(error));
  if (exchange.path.startsWith('/v1/')) {
    const type = status === 400 ? 'invalid_request_error' : status === 404 ? 'not_found_error' : 'api_error';
    exchange.send(status, { error: { message, type, param: null, code: null } });
    return;
  }
  exchange.send(status, { error: message });
}

function isLockedOut({ apiKey }: FakeEngineConfig, exchange: Exchange): boolean {
  return apiKey !== undefined && exchange.path.startsWith('/v1/') && exchange.header('authorization') !== `Bearer ${apiKey}`;
}

async function serve(state: FakeEngineState, routes: Readonly<Record<string, Handler>>, exchange: Exchange): Promise<void> {
  const isControl = exchange.path.startsWith('/control/');
  try {
    if (!isControl) {
      state.events.add({ type: 'request', path: exchange.path });
      if (strikeAtOnce(exchange, state.faults.take(exchange.path, undefined))) return;
    }
    if (!isControl && isLockedOut(state.config(), exchange))
      throw new HttpFailure(401, `Incorrect API key provided: ${exchange.header('authorization') ?? 'none'}`);
    const handler = routes[`${exchange.method} ${exchange.path}`];
    if (handler === undefined) exchange.send(404, '404 page not found', 'text/plain');
    else await handler(state, exchange);
  } catch (error) {
    sendFailure(exchange, error);
  }
}

/** Starts a fake engine in this process, on the loopback interface. */
export async function createFakeEngine(config: Partial<FakeEngineConfig> = {}): Promise<FakeEngineServer> {
  const state = createState(config);
  const routes = { ...OLLAMA_ROUTES, ...OPENAI_ROUTES, ...ROUTER_ROUTES, ...createControlRoutes(state) };
  const server = createServer({ noDelay: true, requestTimeout: 0 }, (request, response) => {
    void serve(state, routes, createExchange(request, response));
  });
  server.listen(state.config().port, '127.0.0.1', 4096);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      state[Symbol.dispose]();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
