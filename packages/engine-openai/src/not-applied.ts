import type { OptionName, OptionNote, Options } from '@pilotlight/contract';

import type { ServerKind } from './to-model-description.ts';

export interface AppliedQuestion {
  readonly options: Options;
  readonly kind: ServerKind;
  /** Whether the template takes an effort, where the server tells. */
  readonly takesEffort: boolean | undefined;
  /** Whether the model can think, where the server tells. */
  readonly canThink: boolean | undefined;
  /** How sentences name it. */
  readonly server: string;
}

/** What the API of OpenAI does not have: whether a server honours it is its own affair. */
const BEYOND_THE_API: readonly OptionName[] = ['top_k', 'min_p', 'repeat_penalty'];
/** What LM Studio's reference does not list (lmstudio.ai/docs/developer/openai-compat/chat-completions). */
const BEYOND_LM_STUDIO: readonly OptionName[] = ['min_p'];

/** Which of these options are sent on good luck, and why. Those of the API itself are taken to be honoured. */
export function findNotApplied({ options, kind, takesEffort, canThink, server }: AppliedQuestion): readonly OptionNote[] {
  const doubtful = kind === 'plain' ? BEYOND_THE_API : kind === 'lm-studio' ? BEYOND_LM_STUDIO : [];
  const notes: OptionNote[] = doubtful
    .filter((name) => options[name] !== undefined)
    .map((name) => ({ name, reason: `sent to ${server}, which does not tell whether it honours it` }));
  const { thinking } = options;
  if (thinking === undefined || (canThink === true && takesEffort !== false)) return notes;
  if (typeof thinking === 'string' && takesEffort === false) {
    notes.push({ name: 'thinking', reason: `the template of the model on ${server} takes no effort` });
  } else if (kind === 'plain' || kind === 'lm-studio') {
    notes.push({ name: 'thinking', reason: `sent to ${server}, which does not tell whether the model can think` });
  }
  return notes;
}
