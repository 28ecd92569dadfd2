import { folderListSchema } from '@pilotlight/contract';

import { defineRoute, json } from '../../../http/define-route.ts';

export const listFolders = defineRoute({
  method: 'GET',
  path: '/api/conversations/folders',
  family: 'conversations',
  summary: 'The folders that conversations are in',
  description: 'A folder is there as long as a conversation is in it, an archived one included.',
  answers: { 200: { description: 'Folders by name', schema: folderListSchema } },
  problems: ['storage_unavailable'],
  handle: async (_request, { chat }) => json(await chat.folders()),
});
