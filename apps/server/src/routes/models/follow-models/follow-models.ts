import { modelsEventSchema } from '@pilotlight/contract';

import { pageFeed } from '../../../feeds/page-feed.ts';
import { defineRoute, events, eventStreamOf } from '../../../http/define-route.ts';

export const followModels = defineRoute({
  method: 'GET',
  path: '/api/models/events',
  family: 'models',
  summary: 'Changes of models, engines and memory as they happen',
  description:
    'The whole picture first, as one event "models", then every change. Several changes of one thing within 100 ms are sent as the last of them.',
  answers: eventStreamOf(modelsEventSchema, 'The picture, then changes, without end'),
  problems: ['too_many_streams'],
  handle: ({ signal }, services) => events(pageFeed({ models: true, conversations: false, storage: false }, services, signal)),
});
