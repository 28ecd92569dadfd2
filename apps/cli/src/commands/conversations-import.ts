import { importResultSchema } from '@pilotlight/contract';
import type { ImportResult } from '@pilotlight/contract';

import type { Command, CommandContext } from '../command.ts';
import { toPrintable } from '../printable.ts';
import { ServerFailure } from '../server-client.ts';
import { splitExport } from '../split-export.ts';
import { createStatusLine } from '../terminal.ts';
import { toCount } from '../words.ts';

/** The server takes 16 MB. */
const PIECE_BYTES = 8 * 1024 * 1024;
/** A piece that fails like this says nothing about the others. */
const OF_ONE_PIECE: ReadonlySet<string> = new Set(['import_refused', 'body_too_large', 'invalid_json', 'invalid_request']);

interface Outcome {
  readonly imported: ImportResult['imported'];
  readonly refused: ImportResult['refused'];
  readonly presets: number;
}

export const conversationsImport: Command = {
  name: 'import',
  summary: 'Take in conversations from an export of Pilotlight, Open WebUI, LibreChat or ChatGPT',
  arguments: [
    { name: 'FILE', description: 'a JSON file; of ChatGPT, conversations.json from the archive; - for standard input', required: true },
  ],
  options: [],
  async run(context) {
    const { terminal, json } = context;
    const [name = ''] = context.arguments;
    const value = parse(name, name === '-' ? await terminal.readAll() : await context.readFile(name));
    const { imported, refused, presets } = await send(context, splitExport(value, PIECE_BYTES));
    if (json) terminal.write(`${JSON.stringify({ imported, refused, presets })}\n`);
    else {
      for (const { title, reason } of refused) terminal.note(`“${toPrintable(title)}”: ${toPrintable(reason)}\n`);
      const messages = imported.reduce((sum, one) => sum + one.messages, 0);
      const more = presets === 0 ? '' : `, ${toCount(presets, 'preset')}`;
      terminal.write(
        `Imported ${toCount(imported.length, 'conversation')}, ${toCount(messages, 'message')}${more}. Refused ${refused.length}.\n`,
      );
    }
    return refused.length === 0 && imported.length + presets > 0 ? 0 : 1;
  },
};

async function send({ server, terminal }: CommandContext, pieces: readonly unknown[]): Promise<Outcome> {
  const status = createStatusLine(terminal);
  const imported: ImportResult['imported'] = [];
  const refused: ImportResult['refused'] = [];
  let presets = 0;
  for (const [index, piece] of pieces.entries()) {
    if (pieces.length > 1) status.show(`Importing, part ${index + 1} of ${pieces.length}`);
    try {
      const result = importResultSchema.parse(await server.request('POST', '/api/conversations/import', piece));
      imported.push(...result.imported);
      refused.push(...result.refused);
      presets += result.presets ?? 0;
    } catch (error) {
      if (pieces.length === 1 || !(error instanceof ServerFailure) || !OF_ONE_PIECE.has(error.code)) throw error;
      refused.push({ title: `part ${index + 1}`, reason: error.message });
    }
  }
  status.clear();
  return { imported, refused, presets };
}

function parse(name: string, text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ServerFailure(`${name} is no JSON`, {
      code: 'invalid_json',
      remedy: 'Name a JSON export; an archive must be unpacked first.',
      cause: error,
    });
  }
}
