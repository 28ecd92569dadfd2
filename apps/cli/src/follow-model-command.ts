import { modelViewSchema, toPhaseWords } from '@pilotlight/contract';
import type { ModelView } from '@pilotlight/contract';

import type { CommandContext } from './command.ts';
import { followModel } from './follow-model.ts';
import { toPrintable } from './printable.ts';
import { createStatusLine } from './terminal.ts';

/** Asks for what is to be done with a model, shows each phase on the way, and prints the last. Resolves with its view. */
export async function followModelCommand(
  { arguments: [name = ''], server, terminal, json }: CommandContext,
  verb: 'load' | 'unload',
  isDone: (view: ModelView) => boolean,
): Promise<ModelView> {
  const status = createStatusLine(terminal);
  const started = modelViewSchema.parse(await server.request('POST', `/api/models/${encodeURIComponent(name)}/${verb}`, {}));
  const ended = await followModel(server, started, {
    isDone,
    onChange: (view) => status.show(`${view.name}: ${toPhaseWords(view)}. ${toPrintable(view.reason)}`),
  });
  status.clear();
  terminal.write(json ? `${JSON.stringify(ended)}\n` : `${ended.name}: ${ended.phase}. ${toPrintable(ended.reason)}\n`);
  return ended;
}
