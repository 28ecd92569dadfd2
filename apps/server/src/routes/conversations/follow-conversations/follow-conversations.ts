import { conversationEventSchema } from '@pilotlight/contract';

import { pageFeed } from '../../../feeds/page-feed.ts';
import { defineRoute, events, eventStreamOf } from '../../../http/define-route.ts';

export const followConversations = defineRoute({
  method: 'GET',
  path: '/api/conversations/events',
  family: 'conversations',
  summary: 'Changes of conversations as they happen',
  description: 'Only what changes from now on: read the list after the stream is open.',
  answers: eventStreamOf(conversationEventSchema, 'Changes, without end'),
  problems: ['too_many_streams'],
  handle: ({ signal }, services) => events(pageFeed({ models: false, conversations: true, storage: false }, services, signal)),
});
