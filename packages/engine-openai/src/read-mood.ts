import { EngineError } from '@pilotlight/contract';
import { amountOf, fieldsOf } from '@pilotlight/engine-http';

import type { OpenaiClient } from './openai-client.ts';

/** What a llama-server with one model does. While it sleeps the model is not in memory; the next answer wakes it. */
export interface ServerMood {
  readonly doing: 'up' | 'loading' | 'sleeping';
  /** Answers at once, where it tells. */
  readonly slots: number | undefined;
  /** Whether the template takes an effort, where it tells. */
  readonly takesEffort?: boolean | undefined;
}

/** Asks `/props`, and where that is closed `/health`, which says less. Neither wakes a server that sleeps. */
export async function readMood(client: OpenaiClient, signal: AbortSignal): Promise<ServerMood> {
  for (const path of ['/props', '/health']) {
    try {
      const facts = await client.ask({ path, signal });
      const effort = fieldsOf(facts['chat_template_caps'])['supports_reasoning_effort'];
      return {
        doing: facts['is_sleeping'] === true ? 'sleeping' : 'up',
        slots: amountOf(facts['total_slots']),
        takesEffort: typeof effort === 'boolean' ? effort : undefined,
      };
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      if (error.failure === 'overloaded') return { doing: 'loading', slots: undefined };
      if (error.failure === 'unreachable' && path === '/health') throw error;
    }
  }
  return { doing: 'up', slots: undefined };
}
