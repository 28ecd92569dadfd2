import { mergeOptions, OPTION_NAMES, toDurationMs } from '@pilotlight/contract';
import type { AppliedSettings, Engine, LaunchProfile, ModelDescription, OptionNote, Options, Receipt } from '@pilotlight/contract';

import type { Loaded } from '../lifecycle/state.ts';
import type { EngineFinish } from './stream-answer.ts';

export interface OptionQuestion {
  /** What the request and its conversation say. */
  readonly stated: Options;
  /** What the owner set for this model. */
  readonly defaults: Options;
  readonly engine: Pick<Engine, 'observation' | 'optionsNotApplied'>;
  readonly description: Pick<ModelDescription, 'name'>;
  readonly loaded: Pick<Loaded, 'contextLength'>;
  /** How long a model stays by the settings. */
  readonly keepAliveMs: number;
}

/** The options of one try, by who said them, and what of them does not apply there. */
export interface AppliedOptions {
  readonly options: Options;
  readonly stated: Options;
  readonly notes: readonly OptionNote[];
}

/** What is stated goes before the defaults of the model. Nothing that does not apply is dropped without a word. */
export function applyOptions(question: OptionQuestion): AppliedOptions {
  const { stated, defaults, engine, description } = question;
  const options = mergeOptions(stated, defaults);
  const own = [...contextNotes(options, question), ...keepAliveNotes(options, question)];
  return { options, stated, notes: [...(engine.optionsNotApplied?.(description.name, options) ?? []), ...own] };
}

/** A wish for more context than the model has: another length would load it again, for everybody. */
function contextNotes({ context_length: wanted }: Options, { loaded, description }: OptionQuestion): readonly OptionNote[] {
  if (wanted === undefined) return [];
  const { contextLength } = loaded;
  if (contextLength === undefined) return [{ name: 'context_length', reason: `how much ${description.name} can see is not known` }];
  if (contextLength >= wanted) return [];
  const length = contextLength.toLocaleString('en');
  return [
    {
      name: 'context_length',
      reason: `${description.name} runs with ${length} tokens; its profile decides, and no request loads it again`,
    },
  ];
}

function keepAliveNotes({ keep_alive: wanted }: Options, { engine, description, keepAliveMs }: OptionQuestion): readonly OptionNote[] {
  if (wanted === undefined) return [];
  const note = (reason: string): readonly OptionNote[] => [{ name: 'keep_alive', reason }];
  if (engine.observation !== 'push') return note(`its server keeps ${description.name} as it was told to for everybody`);
  return toDurationMs(wanted) < keepAliveMs
    ? note(`${description.name} stays as long as the setting says: a request makes it longer, not shorter`)
    : [];
}

/** Until when the model should stay, by the request, on the monotonic clock; `Infinity`: as long as nobody needs its place. */
export function keepUntil({ options }: AppliedOptions, nowMs: number): number {
  return options.keep_alive === undefined ? 0 : nowMs + toDurationMs(options.keep_alive);
}

/** What the receipt says of the options. */
export function toOptionFields(
  applied: AppliedOptions | undefined,
  finish: EngineFinish | undefined,
): Pick<Receipt, 'applied' | 'options_not_applied'> {
  if (applied === undefined) return {};
  const { options, stated, notes } = applied;
  const shown: NonNullable<AppliedSettings['options']> = {};
  for (const name of OPTION_NAMES) {
    const value = options[name];
    const chosen = finish?.chosen?.[name];
    if (value !== undefined) {
      const isSchema = name === 'format' && typeof value === 'object';
      shown[name] = { value: isSchema ? 'schema' : value, from: stated[name] === undefined ? 'model' : 'request' };
    } else if (chosen !== undefined) shown[name] = { value: chosen, from: 'engine' };
  }
  return {
    ...(Object.keys(shown).length > 0 && { applied: { options: shown } }),
    ...(notes.length > 0 && { options_not_applied: notes.map((note) => ({ ...note })) }),
  };
}

/** The profile that the weights were loaded with: another one in a request would make some engines load them again. */
export function profileOf(loaded: Loaded, wanted: LaunchProfile | undefined): LaunchProfile {
  return loaded.profile ?? wanted ?? {};
}
