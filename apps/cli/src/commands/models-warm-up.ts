import { toPhaseWords, warmingViewSchema } from '@pilotlight/contract';

import type { Command } from '../command.ts';
import { toPrintable } from '../printable.ts';

export const modelsWarmUp: Command = {
  name: 'warmup',
  summary: 'Begin to load models, and wait for none of them',
  arguments: [
    { name: 'MODELS', description: 'names from "pilotlight models"; without them the default model', required: false, takesRest: true },
  ],
  options: [],
  async run({ arguments: [text = ''], server, terminal, json }) {
    const models = text.split(/\s+/).filter((name) => name !== '');
    const body = models.length === 0 ? {} : { models };
    const view = warmingViewSchema.parse(await server.request('POST', '/api/models/warmup', body));
    if (json) terminal.write(`${JSON.stringify(view)}\n`);
    else for (const model of view.models) terminal.write(`${toPrintable(`${model.name}: ${toPhaseWords(model)}. ${model.reason}`)}\n`);
    return 0;
  },
};
