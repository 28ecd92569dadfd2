import { pageEventSchema } from '@pilotlight/contract';

import { pageFeed } from '../../../feeds/page-feed.ts';
import { defineRoute, events, eventStreamOf } from '../../../http/define-route.ts';

export const followEverything = defineRoute({
  method: 'GET',
  path: '/api/events',
  family: 'events',
  summary: 'Changes of models and conversations over one connection',
  description:
    'What the page uses: the picture of the models and of the storage first, then every change of models, engines, memory, storage and conversations.',
  answers: eventStreamOf(pageEventSchema, 'The picture, then changes, without end'),
  problems: ['too_many_streams'],
  handle: ({ signal }, services) => events(pageFeed({ models: true, conversations: true, storage: true }, services, signal)),
});
