import { useAppState } from '../../app/create-app.ts';
import { formatCount } from '../../ui/format.ts';
import { findModel } from '../models/models-state.ts';
import type { ThreadEntry } from '../thread/tree.ts';

/** How much of the model's context this chat took with its last answer; undefined while that was not measured. */
export function useContextWords(thread: readonly ThreadEntry[], model: string | undefined): string | undefined {
  const length = useAppState((state) => findModel(state.models, model)?.context_length);
  const receipt = thread.findLast(({ message }) => message.receipt !== undefined)?.message.receipt;
  if (receipt?.prompt_tokens === undefined || length === undefined) return undefined;
  const used = receipt.prompt_tokens + (receipt.completion_tokens ?? 0);
  return `${formatCount(used)} of ${formatCount(length)} tokens`;
}
