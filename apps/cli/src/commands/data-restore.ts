import type { Command } from '../command.ts';
import { toCount } from '../words.ts';

export const dataRestore: Command = {
  name: 'restore',
  summary: 'Put a backup in the place of all conversations, and keep those beside it; no server may run',
  arguments: [{ name: 'FILE', description: 'a file from "pilotlight backup"', required: true }],
  options: [],
  async run({ arguments: [name = ''], data, terminal, json }) {
    const { file, conversations, messages, replaced } = await data.restore(name);
    if (json) {
      terminal.write(`${JSON.stringify({ file, conversations, messages, replaced: replaced ?? null })}\n`);
      return 0;
    }
    terminal.write(`Restored ${toCount(conversations, 'conversation')}, ${toCount(messages, 'message')}, from ${file}.\n`);
    if (replaced !== undefined) terminal.note(`What was there before is kept in ${replaced}.\n`);
    return 0;
  },
};
