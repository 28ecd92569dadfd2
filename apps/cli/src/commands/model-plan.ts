import { modelPlanSchema } from '@pilotlight/contract';
import type { ModelPlan, WayToFit } from '@pilotlight/contract';

import { readAssignments } from '../assignments.ts';
import type { Command } from '../command.ts';
import { toPrintable } from '../printable.ts';
import { toSize } from '../words.ts';

export const modelPlan: Command = {
  name: 'plan',
  summary: 'Say whether a model would fit into memory, and what would be unloaded for it',
  arguments: [
    { name: 'MODEL', description: 'a name from "pilotlight models"', required: true },
    {
      name: 'CHANGES',
      description: 'what of its profile would be another, such as profile.context_length=16384 profile.slots=2 profile.cache_type=q8_0',
      required: false,
      takesRest: true,
    },
  ],
  options: [],
  async run({ arguments: [name = '', changes], server, terminal, json }) {
    const { options, profile } = readAssignments(changes ?? '');
    const [other] = Object.keys(options);
    if (other !== undefined) {
      terminal.note(`"${other}" takes no memory: what a load depends on is written as profile.NAME=VALUE.\n`);
      return 2;
    }
    const request = { model: name, ...(changes !== undefined && { profile }) };
    const plan = modelPlanSchema.parse(await server.request('POST', '/api/models/plan', request));
    terminal.write(json ? `${JSON.stringify(plan)}\n` : `${toPrintable(toWords(plan))}\n`);
    return plan.verdict === 'never' ? 1 : 0;
  },
};

const VERDICTS: Record<ModelPlan['verdict'], string> = {
  resident: 'loaded',
  fits: 'fits',
  after_unloading: 'fits after unloading',
  never: 'does not fit',
  not_counted: 'is let in',
};

function toWords(plan: ModelPlan): string {
  const {
    model,
    verdict,
    reason,
    needs,
    free,
    free_gpu: freeGpu,
    gpus_unknown: unknown,
    unload,
    would_fit: ways = [],
    longest_context: longest,
    notes = [],
  } = plan;
  const lines = [`${model}: ${VERDICTS[verdict]}: ${reason}`];
  for (const victim of unload) lines.push(`  unloads ${victim.model}${victim.in_use ? ', when its answers are written' : ''}`);
  if (needs) lines.push(`  needs ${toSize(needs.bytes)}: ${needs.basis}`);
  if (needs?.gpu_bytes !== undefined) lines.push(`  of it in graphics memory ${toSize(needs.gpu_bytes)}`);
  if (free) lines.push(`  free ${toSize(free.bytes)}: ${free.basis}`);
  if (freeGpu) lines.push(`  free in graphics memory ${toSize(freeGpu.bytes)}: ${freeGpu.basis}`);
  if (unknown !== undefined) lines.push(`  graphics memory is not known: ${unknown}`);
  if (longest) lines.push(`  longest context: ${toLongest(longest)}`);
  for (const { field, reason: why } of notes) lines.push(`  ${field}: ${why}`);
  for (const way of ways) lines.push(`  would fit: ${toWay(way)}`);
  return lines.join('\n');
}

function toLongest({
  context_length: tokens,
  needs_bytes: bytes,
  beside_others: beside,
}: NonNullable<ModelPlan['longest_context']>): string {
  const whole = `${tokens.toLocaleString('en')} tokens, ${toSize(bytes)}`;
  if (beside === tokens) return whole;
  return beside === undefined
    ? `${whole}, with others unloaded`
    : `${whole}, with others unloaded; ${beside.toLocaleString('en')} beside them`;
}

function toWay(way: WayToFit): string {
  switch (way.type) {
    case 'shorter_context':
      return `a context of ${way.context_length} tokens, ${toSize(way.needs_bytes)}`;
    case 'without':
      return `without ${way.models.map(({ model, bytes }) => `${model} (${toSize(bytes)}, pinned)`).join(', ')}`;
    case 'other_model':
      return `${way.model}, ${toSize(way.needs_bytes)}`;
  }
}
