import type { Engine, LaunchProfile, ModelDefaultsView } from '@pilotlight/contract';

import type { Candidate } from '../generation/try-all.ts';

export type ProfileNote = ModelDefaultsView['notes'][number];

export function isSameProfile(a: LaunchProfile, b: LaunchProfile): boolean {
  return a.contextLength === b.contextLength && a.slots === b.slots && a.cacheType === b.cacheType;
}

/** What of a profile has no effect with the engine that has the model, and why. */
export function toProfileNotes(candidate: Candidate, profile: LaunchProfile): readonly ProfileNote[] {
  return [...engineNotes(candidate.deployment.engine.kind, profile), ...trainedNotes(candidate, profile)];
}

const SERVER_WORDS = 'its server was started with its own';
/** Which part of a profile an engine cannot bring about. */
const BEYOND: Readonly<Record<Engine['kind'], Readonly<Partial<Record<'contextLength' | 'slots' | 'cacheType', string>>>>> = {
  'llama.cpp': {},
  ollama: {
    slots: 'the Ollama server has one number for all models: OLLAMA_NUM_PARALLEL',
    cacheType: 'the Ollama server has one type for all models: OLLAMA_KV_CACHE_TYPE',
  },
  openai: { contextLength: `${SERVER_WORDS}, unless it is LM Studio`, slots: SERVER_WORDS, cacheType: SERVER_WORDS },
};
const WIRE_NAMES = { contextLength: 'context_length', slots: 'slots', cacheType: 'cache_type' } as const;

function engineNotes(kind: Engine['kind'], profile: LaunchProfile): readonly ProfileNote[] {
  return (['contextLength', 'slots', 'cacheType'] as const).flatMap((key) => {
    const reason = profile[key] === undefined ? undefined : BEYOND[kind][key];
    return reason === undefined ? [] : [{ field: `profile.${WIRE_NAMES[key]}`, reason }];
  });
}

/** The built-in engine gives no model more context than it was trained on, whatever is asked for. */
function trainedNotes({ deployment, description, name }: Candidate, { contextLength }: LaunchProfile): readonly ProfileNote[] {
  const { trainedContextLength: trained } = description;
  if (deployment.engine.kind !== 'llama.cpp' || contextLength === undefined || trained === undefined || contextLength <= trained) return [];
  return [
    {
      field: 'profile.context_length',
      reason: `${name} was trained on ${trained.toLocaleString('en')} tokens, and is loaded with no more`,
    },
  ];
}
