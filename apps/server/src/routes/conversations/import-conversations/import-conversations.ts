import { importResultSchema } from '@pilotlight/contract';
import { z } from 'zod';

import { defineRoute, json } from '../../../http/define-route.ts';

/** Exports of others have fields of their own, and some nest every answer within its question. */
const bodySchema = z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]);

export const importConversations = defineRoute({
  method: 'POST',
  path: '/api/conversations/import',
  family: 'conversations',
  summary: 'Take in conversations from an export',
  description:
    'The body is a JSON export of Pilotlight, Open WebUI, LibreChat or ChatGPT (conversations.json), up to 16 MB and 2,000 conversations. Questions and answers are taken as data, under new ids; tools, files and images are left out. A conversation is taken whole or refused with the reason. Importing the same again makes copies.',
  body: bodySchema,
  bodyLimits: { bytes: 16 * 1024 * 1024, depth: 5000 },
  answers: { 200: { description: 'What is there now, and what was refused', schema: importResultSchema } },
  problems: ['import_refused', 'storage_unavailable', 'shutting_down'],
  handle: async ({ body }, { chat }) => json(await chat.importConversations(body)),
});
