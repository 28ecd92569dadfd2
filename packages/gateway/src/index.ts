export { createGateway } from './create-gateway.ts';
export type { Log, LogEvent, LogFields } from './log.ts';
export type { GatewayOptions, RunningGateway } from './options.ts';
export type { GatewaySettings, Route } from './settings.ts';
