import type { Phase } from '@pilotlight/contract';

import type { Command } from '../command.ts';
import { followModelCommand } from '../follow-model-command.ts';

const OUT_OF_MEMORY: ReadonlySet<Phase> = new Set(['cold', 'unknown', 'absent', 'failed']);

export const modelUnload: Command = {
  name: 'unload',
  summary: 'Unload a model after the answers that it is giving, and wait until it is gone',
  arguments: [{ name: 'MODEL', description: 'a name from "pilotlight models"', required: true }],
  options: [],
  async run(context) {
    const ended = await followModelCommand(context, 'unload', (view) => OUT_OF_MEMORY.has(view.phase));
    return ended.phase === 'failed' ? 1 : 0;
  },
};
