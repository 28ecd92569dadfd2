import type { Capability, OptionNote, Options } from '@pilotlight/contract';

/** Which of these options Ollama will not honour with this model, and why. A model whose abilities are not known is told nothing about thinking. */
export function findNotApplied(
  model: string,
  capabilities: readonly Capability[] | undefined,
  { thinking }: Options,
): readonly OptionNote[] {
  if (thinking === undefined || thinking === false || capabilities?.includes('thinking') === true) return [];
  return [{ name: 'thinking', reason: `${model} cannot think before it answers` }];
}
