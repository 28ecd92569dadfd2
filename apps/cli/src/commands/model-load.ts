import { modelViewSchema } from '@pilotlight/contract';

import type { Command } from '../command.ts';
import { followModel } from '../follow-model.ts';
import { toPrintable } from '../printable.ts';
import { createStatusLine } from '../terminal.ts';
import { toPhaseWords } from '../words.ts';

/** `cold` and `unknown`, once it was asked for: it was not let in, or its engine is away. */
const ENDS = new Set(['ready', 'busy', 'failed', 'wedged', 'absent', 'cold', 'unknown']);

export const modelLoad: Command = {
  name: 'load',
  summary: 'Load a model and wait until a token has come out of it',
  arguments: [{ name: 'MODEL', description: 'a name from "pilotlight models"', required: true }],
  options: [],
  async run({ arguments: [name = ''], server, terminal, json }) {
    const status = createStatusLine(terminal);
    const started = modelViewSchema.parse(await server.request('POST', `/api/models/${encodeURIComponent(name)}/load`, {}));
    const ended = await followModel(server, started, {
      isDone: (view) => ENDS.has(view.phase),
      onChange: (view) => status.show(`${view.name}: ${toPhaseWords(view)}. ${toPrintable(view.reason)}`),
    });
    status.clear();
    terminal.write(json ? `${JSON.stringify(ended)}\n` : `${ended.name}: ${ended.phase}. ${toPrintable(ended.reason)}\n`);
    return ended.ready ? 0 : 1;
  },
};
