import { mergeOptions } from '@pilotlight/contract';
import type { AppliedSettings, ContextPolicy, ConversationSettings, Options, Receipt } from '@pilotlight/contract';

type Source = NonNullable<AppliedSettings['model']>;

/** What a request says itself. */
export interface Stated {
  readonly model?: string | undefined;
  readonly system?: string | undefined;
  readonly options: Options;
  readonly contextPolicy?: ContextPolicy | undefined;
}

/** How an answer is made, and whose word each part of it is. */
export interface Manner {
  readonly model: string | undefined;
  /** Undefined: what the branch has. */
  readonly system: string | undefined;
  readonly options: Options;
  /** Undefined: that of the server. */
  readonly contextPolicy: ContextPolicy | undefined;
  readonly applied: AppliedSettings;
}

/**
 * The request goes before the conversation, option by option, and the conversation before what an earlier message of the branch was asked with.
 * `former` is the model that the question was asked of before.
 */
export function applySettings(stated: Stated, settings: ConversationSettings, former?: string): Manner {
  const options = mergeOptions(stated.options, settings.options ?? {});
  const model = pick(stated.model, settings.model, former);
  const system = pick(stated.system, settings.system, undefined);
  const listed = Object.entries(options).map(([name, value]) => {
    const isStated = (stated.options as Readonly<Record<string, unknown>>)[name] !== undefined;
    return [name, { value: toShown(name, value), from: isStated ? 'request' : 'conversation' }] as const;
  });
  return {
    model: model?.value,
    // What the request says is kept with its question, where the branch has it.
    system: stated.system === undefined ? settings.system : undefined,
    options,
    contextPolicy: stated.contextPolicy ?? settings.context_policy,
    applied: {
      ...(model !== undefined && { model: model.from }),
      ...(system !== undefined && { system: system.from }),
      ...(listed.length > 0 && { options: Object.fromEntries(listed) }),
    },
  };
}

function pick(
  stated: string | undefined,
  set: string | undefined,
  former: string | undefined,
): { value: string; from: Source } | undefined {
  if (stated !== undefined) return { value: stated, from: 'request' };
  if (set !== undefined) return { value: set, from: 'conversation' };
  return former === undefined ? undefined : { value: former, from: 'message' };
}

/** A schema is not repeated in every receipt. */
function toShown(name: string, value: unknown): unknown {
  return name === 'format' && typeof value === 'object' ? 'schema' : value;
}

/**
 * The receipt with whose word the settings were. The gateway does not know of conversations: what it took for a word of the request may be theirs. Options
 * that it does not list did not apply.
 */
export function toReceiptWith(receipt: Receipt, applied: AppliedSettings): Receipt {
  const given = receipt.applied?.options;
  const own = applied.options ?? {};
  const options = given === undefined ? own : Object.fromEntries(Object.entries(given).map(([name, entry]) => [name, own[name] ?? entry]));
  const { options: _options, ...rest } = { ...receipt.applied, ...applied };
  const all: AppliedSettings = { ...rest, ...(Object.keys(options).length > 0 && { options }) };
  return Object.keys(all).length === 0 ? receipt : { ...receipt, applied: all };
}
