import { presetSchema } from '@pilotlight/contract';
import type { Preset } from '@pilotlight/contract';
import { closest } from '@pilotlight/settings';

import { readAssignments } from './assignments.ts';
import type { CommandContext } from './command.ts';
import { findPreset } from './find-preset.ts';
import { toPrintable } from './printable.ts';

type Action = (context: CommandContext, name: string) => Promise<number>;

/** What can be done with a preset, by the word for it. */
export const PRESET_ACTIONS: ReadonlyMap<string, Action> = new Map<string, Action>([
  ['add', add],
  ['change', change],
  ['show', show],
  ['delete', remove],
]);

/** Does what the first word says to the preset that the second names. */
export async function runPresetAction(context: CommandContext): Promise<number> {
  const [word = '', name] = context.arguments;
  const action = PRESET_ACTIONS.get(word);
  if (action !== undefined && name !== undefined) return action(context, name);
  const near = action === undefined ? closest(word, [...PRESET_ACTIONS.keys()]) : undefined;
  const lines = [...PRESET_ACTIONS.keys()].map((one) => `"presets ${one} NAME"`).join(', ');
  context.terminal.note(`${near === undefined ? '' : `Did you mean "presets ${near}"? `}There are ${lines}.\n`);
  return 2;
}

async function add(context: CommandContext, name: string): Promise<number> {
  const { option } = context;
  const options = readAssignments(option('set') ?? '').options;
  const body = {
    name,
    ...given('model', option('model')),
    ...given('system', option('system')),
    ...given('context_policy', option('context')),
    ...(Object.keys(options).length > 0 && { options }),
  };
  return write(context, presetSchema.parse(await context.server.request('POST', '/api/presets', body)));
}

function given(field: string, value: string | undefined): Readonly<Record<string, string>> {
  return value === undefined ? {} : { [field]: value };
}

/** Options are sent as a whole: those that are there are sent again with the change in them. */
async function change(context: CommandContext, name: string): Promise<number> {
  const { option, server, terminal } = context;
  const set = option('set');
  const changes = {
    ...given('name', option('name')),
    ...toChange('model', option('model')),
    ...toChange('system', option('system')),
    ...toChange('context_policy', option('context')),
  };
  if (set === undefined && Object.keys(changes).length === 0) {
    terminal.note('Say what changes: --name, --model, --system, --set or --context.\n');
    return 2;
  }
  const preset = await findPreset(server, name);
  const body = set === undefined ? changes : { ...changes, options: { ...preset.options, ...readAssignments(set).options } };
  return write(context, presetSchema.parse(await server.request('PATCH', pathOf(preset), body)));
}

/** An empty word takes out what was there. */
function toChange(field: string, value: string | undefined): Readonly<Record<string, string | null>> {
  return value === undefined ? {} : { [field]: value === '' ? null : value };
}

async function show(context: CommandContext, name: string): Promise<number> {
  return write(context, await findPreset(context.server, name));
}

async function remove({ server, terminal, json }: CommandContext, name: string): Promise<number> {
  const preset = await findPreset(server, name);
  await server.request('DELETE', pathOf(preset));
  terminal.write(json ? `${JSON.stringify({ deleted: preset.id })}\n` : `The preset “${toPrintable(preset.name)}” is deleted.\n`);
  return 0;
}

function pathOf({ id }: Preset): string {
  return `/api/presets/${encodeURIComponent(id)}`;
}

function write({ terminal, json }: CommandContext, preset: Preset): number {
  terminal.write(json ? `${JSON.stringify(preset)}\n` : `${toPrintable(toWords(preset))}\n`);
  return 0;
}

function toWords({ id, name, model, system, options = {}, context_policy: policy }: Preset): string {
  return [
    `${name} (${id})`,
    ...(model === undefined ? [] : [`  model: ${model}`]),
    ...(system === undefined ? [] : [`  system prompt: ${system}`]),
    ...Object.entries(options).map(([option, value]) => `  ${option}=${JSON.stringify(value)}`),
    ...(policy === undefined ? [] : [`  long conversations: ${policy}`]),
  ].join('\n');
}
