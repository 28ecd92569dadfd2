import { conversationExportSchema, EXPORT_FORMAT, EXPORT_VERSION, presetListSchema } from '@pilotlight/contract';

import type { Command, CommandContext } from '../command.ts';
import { ServerFailure } from '../server-client.ts';
import { listConversations } from './conversations-list.ts';

type Format = 'json' | 'markdown';

export const conversationsExport: Command = {
  name: 'export',
  summary: 'Write a conversation, or all of them, to standard output',
  arguments: [{ name: 'ID', description: 'a conversation from "pilotlight history"', required: false }],
  options: [
    { name: 'all', description: 'all conversations, archived ones and presets included' },
    { name: 'format', value: 'FORMAT', description: 'json, which can be imported again (default), or markdown, for people' },
  ],
  async run(context) {
    const { values, option, server, terminal } = context;
    const [id] = context.arguments;
    const format = option('format') ?? 'json';
    if ((format !== 'json' && format !== 'markdown') || (id === undefined) !== (values['all'] === true)) {
      terminal.note('Name one conversation, or --all; --format takes json or markdown.\n');
      return 2;
    }
    if (id === undefined) await writeAll(context, format);
    else terminal.write(`${(await server.text(pathOf(id, format))).trimEnd()}\n`);
    return 0;
  },
};

function pathOf(id: string, format: Format): string {
  return `/api/conversations/${encodeURIComponent(id)}/export?format=${format}`;
}

/** One after the other, so that no more than one is in memory. */
async function writeAll(context: CommandContext, format: Format): Promise<void> {
  const { server, terminal } = context;
  const isJson = format === 'json';
  const all = await listConversations(server, Infinity, '&archived=any');
  let exportedAt = '';
  let count = 0;
  for (const { id } of all) {
    const text = await readOne(context, pathOf(id, format));
    if (text === undefined) continue;
    if (isJson) {
      const { conversations, exported_at: at } = conversationExportSchema.parse(JSON.parse(text));
      exportedAt = at;
      if (count === 0) terminal.write(`{"format":"${EXPORT_FORMAT}","version":${EXPORT_VERSION},"conversations":[\n`);
      terminal.write(`${count === 0 ? '' : ',\n'}${JSON.stringify(conversations[0])}`);
    } else terminal.write(`${count === 0 ? '' : '\n---\n\n'}${text.trimEnd()}\n`);
    count += 1;
  }
  if (!isJson) return;
  if (count === 0) terminal.write(`{"format":"${EXPORT_FORMAT}","version":${EXPORT_VERSION},"conversations":[`);
  const { presets } = presetListSchema.parse(await server.request('GET', '/api/presets'));
  const at = exportedAt === '' ? '' : `,"exported_at":"${exportedAt}"`;
  terminal.write(`\n],"presets":${JSON.stringify(presets)}${at}}\n`);
}

/** Undefined: it was removed meanwhile. */
async function readOne({ server }: CommandContext, path: string): Promise<string | undefined> {
  try {
    return await server.text(path);
  } catch (error) {
    if (error instanceof ServerFailure && error.code === 'conversation_not_found') return undefined;
    throw error;
  }
}
