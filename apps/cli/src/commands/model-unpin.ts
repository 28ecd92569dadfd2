import { modelViewSchema } from '@pilotlight/contract';

import type { Command } from '../command.ts';
import { toPrintable } from '../printable.ts';

export const modelUnpin: Command = {
  name: 'unpin',
  summary: 'Let a model be unloaded for others again',
  arguments: [{ name: 'MODEL', description: 'a name from "pilotlight models"', required: true }],
  options: [],
  async run({ arguments: [name = ''], server, terminal, json }) {
    const view = modelViewSchema.parse(await server.request('DELETE', `/api/models/${encodeURIComponent(name)}/pin`));
    const words = 'not pinned. It may be unloaded for others.';
    terminal.write(json ? `${JSON.stringify(view)}\n` : `${toPrintable(view.name)}: ${words}\n`);
    return 0;
  },
};
