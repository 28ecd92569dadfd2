import type { Command } from '../command.ts';
import { followModelCommand } from '../follow-model-command.ts';

/** `cold` and `unknown`, once it was asked for: it was not let in, or its engine is away. */
const ENDS = new Set(['ready', 'busy', 'failed', 'wedged', 'absent', 'cold', 'unknown']);

export const modelLoad: Command = {
  name: 'load',
  summary: 'Load a model and wait until a token has come out of it',
  arguments: [{ name: 'MODEL', description: 'a name from "pilotlight models"', required: true }],
  options: [],
  async run(context) {
    const ended = await followModelCommand(context, 'load', (view) => ENDS.has(view.phase));
    return ended.ready ? 0 : 1;
  },
};
