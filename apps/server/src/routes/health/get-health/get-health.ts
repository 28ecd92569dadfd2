import { engineViewSchema, memoryViewSchema } from '@pilotlight/contract';
import { z } from 'zod';

import { defineRoute, json } from '../../../http/define-route.ts';
import { countModels, modelCountsSchema } from '../../models/model-counts.ts';
import { toStorageWords } from '../storage-words.ts';

const healthSchema = z.object({
  status: z.enum(['ok', 'starting', 'degraded']),
  reason: z.string(),
  version: z.string(),
  uptime_seconds: z.number(),
  default_model: z.string().optional(),
  models: modelCountsSchema,
  engines: z.array(engineViewSchema),
  memory: memoryViewSchema,
  /** Whether anything new can be stored. */
  storage: z.enum(['writable', 'read_only']),
});

export const getHealth = defineRoute({
  method: 'GET',
  path: '/health',
  family: 'health',
  summary: 'How the server and its engines stand, for people',
  description: 'Always 200 while the process turns; see "status". Answered from what is known, never waiting for an engine.',
  answers: { 200: { description: 'How it stands', schema: healthSchema } },
  problems: [],
  handle(_request, { gateway, clock, state, writes }) {
    const { models, engines, memory, default_model } = gateway.models();
    const counts = countModels(models);
    const notReady =
      state.reasonNotReady() ??
      toStorageWords(writes.state()) ??
      (counts.healthy === 0 ? 'No engine has a model that can answer.' : undefined);
    return json({
      status: state.isStarted() ? (notReady === undefined ? 'ok' : 'degraded') : 'starting',
      reason: notReady ?? `${counts.healthy} of ${counts.total} models can answer.`,
      version: state.version,
      uptime_seconds: Math.round((clock.monotonic() - state.startedAtMs) / 1_000),
      default_model,
      models: counts,
      engines,
      memory,
      storage: writes.state().state,
    });
  },
});
