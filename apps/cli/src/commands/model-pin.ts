import { modelViewSchema } from '@pilotlight/contract';

import type { Command } from '../command.ts';
import { toPrintable } from '../printable.ts';

export const modelPin: Command = {
  name: 'pin',
  summary: 'Keep a model in memory: never unload it for another, and load it at the start',
  arguments: [{ name: 'MODEL', description: 'a name from "pilotlight models"', required: true }],
  options: [],
  async run({ arguments: [name = ''], server, terminal, json }) {
    const view = modelViewSchema.parse(await server.request('POST', `/api/models/${encodeURIComponent(name)}/pin`, {}));
    const words = 'pinned. It stays in memory once it is loaded, and is loaded at the start if memory allows.';
    terminal.write(json ? `${JSON.stringify(view)}\n` : `${toPrintable(view.name)}: ${words}\n`);
    return 0;
  },
};
