import { modelsViewSchema } from '@pilotlight/contract';

import type { Command } from '../command.ts';
import { toPrintable } from '../printable.ts';
import { toModelTable } from '../words.ts';

export const modelsList: Command = {
  name: 'models',
  summary: 'List the models with their phase and the reason for it',
  arguments: [],
  options: [],
  async run({ server, terminal, json }) {
    const view = modelsViewSchema.parse(await server.request('GET', '/api/models'));
    if (json) {
      terminal.write(`${JSON.stringify(view)}\n`);
      return 0;
    }
    terminal.write(`${toPrintable(toModelTable(view.models))}\n`);
    for (const engine of view.engines) if (!engine.reachable) terminal.note(`${toPrintable(engine.reason)}\n`);
    return 0;
  },
};
