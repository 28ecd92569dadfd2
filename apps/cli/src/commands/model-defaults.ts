import { modelDefaultsViewSchema } from '@pilotlight/contract';
import type { ModelDefaultsView } from '@pilotlight/contract';

import { readAssignments } from '../assignments.ts';
import type { Command, CommandContext } from '../command.ts';
import { toPrintable } from '../printable.ts';

export const modelDefaults: Command = {
  name: 'defaults',
  summary: 'Show or set how a model answers unless a request or a conversation says otherwise',
  arguments: [
    { name: 'MODEL', description: 'a name from "pilotlight models"', required: true },
    {
      name: 'CHANGES',
      description: 'such as temperature=0.2 profile.context_length=8192; NAME= takes one out; docs/options.md has all names',
      required: false,
      takesRest: true,
    },
  ],
  options: [{ name: 'reset', description: 'take back what was set: pilotlight.yaml holds again' }],
  async run(context) {
    const [name = '', changes] = context.arguments;
    const path = `/api/models/${encodeURIComponent(name)}/defaults`;
    if (context.values['reset'] === true && changes !== undefined) {
      context.terminal.note('--reset takes all back, and no changes beside it.\n');
      return 2;
    }
    if (context.values['reset'] === true) return show(context, await ask(context, 'DELETE', path));
    if (changes === undefined) return show(context, await ask(context, 'GET', path));
    const { options, profile } = readAssignments(changes);
    const present = await ask(context, 'GET', path);
    const body = { options: { ...present.options, ...options }, profile: { ...present.profile, ...profile } };
    return show(context, await ask(context, 'PUT', path, body));
  },
};

async function ask(
  { server }: CommandContext,
  method: 'GET' | 'PUT' | 'DELETE',
  ...request: [path: string, body?: unknown]
): Promise<ModelDefaultsView> {
  return modelDefaultsViewSchema.parse(await server.request(method, ...request));
}

function show({ terminal, json }: CommandContext, view: ModelDefaultsView): number {
  terminal.write(json ? `${JSON.stringify(view)}\n` : `${toPrintable(toWords(view))}\n`);
  return 0;
}

function toWords({ name, options, profile, from, notes }: ModelDefaultsView): string {
  const lines = [
    ...Object.entries(options).map(([option, value]) => `  ${option}=${JSON.stringify(value)}`),
    ...Object.entries(profile).map(([field, value]) => `  profile.${field}=${JSON.stringify(value)}`),
  ];
  const source = from === 'kept' ? 'set here' : from === 'settings' ? 'from pilotlight.yaml' : 'nothing is set';
  return [`${name}: ${source}`, ...lines, ...notes.map(({ field, reason }) => `  ${field}: ${reason}`)].join('\n');
}
