import { presetListSchema } from '@pilotlight/contract';

import type { Command } from '../command.ts';
import { toPrintable } from '../printable.ts';

export const presetsList: Command = {
  name: 'presets',
  summary: 'List the presets, which "chat --preset" begins a conversation with',
  arguments: [],
  options: [],
  async run({ server, terminal, json }) {
    const list = presetListSchema.parse(await server.request('GET', '/api/presets'));
    if (json) terminal.write(`${JSON.stringify(list)}\n`);
    else
      for (const { id, name, model } of list.presets)
        terminal.write(`${id}  ${toPrintable(name)}${model === undefined ? '' : `  ${model}`}\n`);
    if (!json && list.presets.length === 0) terminal.note('There is no preset yet.\n');
    return 0;
  },
};
