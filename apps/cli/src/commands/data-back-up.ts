import type { Command } from '../command.ts';
import { toCount, toSize } from '../words.ts';

export const dataBackUp: Command = {
  name: 'backup',
  summary: 'Copy all conversations into one file and check it; a server may run meanwhile',
  arguments: [{ name: 'FILE', description: 'the file to write, which is not there yet', required: true }],
  options: [],
  async run({ arguments: [name = ''], data, terminal, json }) {
    const facts = await data.backUp(name);
    const { file, conversations, messages, sizeBytes } = facts;
    terminal.write(
      json
        ? `${JSON.stringify({ file, conversations, messages, size_bytes: sizeBytes })}\n`
        : `${file}: ${toCount(conversations, 'conversation')}, ${toCount(messages, 'message')}, ${toSize(sizeBytes)}. Checked.\n`,
    );
    return 0;
  },
};
