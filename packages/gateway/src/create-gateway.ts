import type { GatewayOptions, RunningGateway } from './options.ts';

export declare function createGateway(options: GatewayOptions): RunningGateway;
