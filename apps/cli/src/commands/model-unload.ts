import { modelViewSchema } from '@pilotlight/contract';
import type { Phase } from '@pilotlight/contract';

import type { Command } from '../command.ts';
import { followModel } from '../follow-model.ts';
import { toPrintable } from '../printable.ts';
import { createStatusLine } from '../terminal.ts';
import { toPhaseWords } from '../words.ts';

const OUT_OF_MEMORY: ReadonlySet<Phase> = new Set(['cold', 'unknown', 'absent', 'failed']);

export const modelUnload: Command = {
  name: 'unload',
  summary: 'Unload a model after the answers that it is giving, and wait until it is gone',
  arguments: [{ name: 'MODEL', description: 'a name from "pilotlight models"', required: true }],
  options: [],
  async run({ arguments: [name = ''], server, terminal, json }) {
    const status = createStatusLine(terminal);
    const started = modelViewSchema.parse(await server.request('POST', `/api/models/${encodeURIComponent(name)}/unload`, {}));
    const ended = await followModel(server, started, {
      isDone: (view) => OUT_OF_MEMORY.has(view.phase),
      onChange: (view) => status.show(`${view.name}: ${toPhaseWords(view)}. ${toPrintable(view.reason)}`),
    });
    status.clear();
    terminal.write(json ? `${JSON.stringify(ended)}\n` : `${ended.name}: ${ended.phase}. ${toPrintable(ended.reason)}\n`);
    return ended.phase === 'failed' ? 1 : 0;
  },
};
