import type { Log, LogEvent } from '@pilotlight/gateway';

import type { LogEventName, LogLevel, WriteLog } from './log-events.ts';

const NAMES: Readonly<Record<LogEvent['name'], LogEventName>> = {
  'phase-change': 'phase_changed',
  'load-end': 'load_ended',
  attempt: 'attempt_ended',
  retry: 'retry_planned',
  fallback: 'fallback_taken',
  seam: 'answer_went_on',
  continuation: 'continuation_tried',
  breaker: 'breaker_changed',
  'wedge-probe': 'wedge_tried',
  'foreign-change': 'foreign_change_seen',
  engine: 'engine_changed',
  fault: 'fault',
};

/** What the gateway says, as lines of the server's log. */
export function toGatewayLog(log: WriteLog): Log {
  return (event) => {
    const { name, level, ...fields } = event;
    const { cause, ...facts } = { cause: undefined as unknown, ...fields };
    log(NAMES[name], { level: level satisfies LogLevel, facts: name === 'phase-change' ? { ...facts, phase: event.to } : facts, cause });
  };
}
