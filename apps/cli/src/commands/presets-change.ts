import { presetListSchema } from '@pilotlight/contract';

import type { Command, CommandContext } from '../command.ts';
import { PRESET_ACTIONS, runPresetAction } from '../preset-actions.ts';
import { toPrintable } from '../printable.ts';

export const presetsChange: Command = {
  name: 'presets',
  summary: 'List the presets, which "chat --preset" begins a conversation with; or add, change, show and delete them',
  arguments: [
    { name: 'ACTION', description: `${[...PRESET_ACTIONS.keys()].join(', ')}; without one the presets are listed`, required: false },
    { name: 'NAME', description: 'the preset that the action is for, by its name or its id', required: false, takesRest: true },
  ],
  options: [
    { name: 'name', value: 'NAME', description: 'of "change": its new name' },
    { name: 'model', short: 'm', value: 'NAME', description: 'the model that answers; of "change", "" takes it out' },
    { name: 'system', value: 'TEXT', description: 'the system prompt; of "change", "" takes it out' },
    {
      name: 'set',
      short: 's',
      value: 'OPTIONS',
      description: 'options of answers, such as "temperature=0.2 seed=7"; of "change", "seed=" takes one out; docs/options.md has all',
    },
    {
      name: 'context',
      value: 'POLICY',
      description: 'for long conversations: drop_oldest, summarise or stop; of "change", "" takes it out',
    },
  ],
  run: (context) => (context.arguments.length === 0 ? list(context) : runPresetAction(context)),
};

async function list({ server, terminal, json, values }: CommandContext): Promise<number> {
  if (['name', 'model', 'system', 'set', 'context'].some((name) => values[name] !== undefined)) {
    terminal.note('Write "presets add NAME" or "presets change NAME" before what is to be set.\n');
    return 2;
  }
  const view = presetListSchema.parse(await server.request('GET', '/api/presets'));
  if (json) terminal.write(`${JSON.stringify(view)}\n`);
  else
    for (const { id, name, model } of view.presets)
      terminal.write(`${id}  ${toPrintable(name)}${model === undefined ? '' : `  ${model}`}\n`);
  if (!json && view.presets.length === 0) terminal.note('There is no preset yet.\n');
  return 0;
}
