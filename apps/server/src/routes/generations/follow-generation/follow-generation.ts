import { idSchema, Problem, streamPartSchema } from '@pilotlight/contract';
import { z } from 'zod';

import { defineRoute, events, eventStreamOf } from '../../../http/define-route.ts';
import { toLogEvents } from '../../chat/log-events.ts';

const offsetSchema = z
  .string()
  .regex(/^\d{1,9}$/, 'an offset: a whole number from 0')
  .transform(Number);

export const followGeneration = defineRoute({
  method: 'GET',
  path: '/api/generations/{id}/events',
  family: 'generations',
  summary: 'Read the log of an answer from an offset, then follow it',
  description:
    'From the offset "from", or from the one after the header Last-Event-ID, or from the beginning. Ends after the part "finish" or "error". Any number of readers may follow; one that leaves ends nothing.',
  params: z.strictObject({ id: idSchema }),
  query: z.strictObject({ from: offsetSchema.optional() }),
  answers: eventStreamOf(streamPartSchema, 'The parts of the answer, each with its offset as id'),
  problems: ['generation_not_found', 'too_many_streams', 'storage_unavailable'],
  handle({ params, query, header, signal }, { chat }) {
    const from = afterLastEvent(header('last-event-id')) ?? query.from ?? 0;
    return events(toLogEvents(chat.follow(params.id, from, signal)));
  },
});

/** A browser sends it by itself when it connects again, also to an address that has a `from`: it is the later of the two. */
function afterLastEvent(lastEventId: string | undefined): number | undefined {
  if (lastEventId === undefined || lastEventId === '') return undefined;
  const parsed = offsetSchema.safeParse(lastEventId);
  if (!parsed.success) throw new Problem('invalid_request', 'The header Last-Event-ID is no offset of a log.', { field: 'Last-Event-ID' });
  return parsed.data + 1;
}
