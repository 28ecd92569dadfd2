import type { ModelView, Phase } from '@pilotlight/contract';

import {
  formatBytes,
  formatPercent,
  formatRate,
  formatSeconds,
  formatShare,
  formatTime,
  shortOrdinal,
  toSentence,
} from '../../ui/format.ts';
import type { HeardModel } from './models-state.ts';

/** What stands beside a flame; as much of it as is known. */
export interface PhaseFacts {
  readonly phase: Phase;
  readonly progress?: number | undefined;
  readonly position?: number | undefined;
  readonly tokensPerSecond?: number | undefined;
  readonly since?: string | undefined;
  readonly health?: boolean | undefined;
  readonly provider?: ModelView['provider'] | undefined;
  readonly reason?: string | undefined;
}

const ENGINES: Readonly<Record<ModelView['provider'], string>> = {
  'llama.cpp': 'the built-in engine',
  ollama: 'Ollama',
  openai: 'its server',
};

/** Of a model in an unknown phase that is out of reach the engine is what is away, whatever the model did before. */
function awayWords({ provider }: Pick<PhaseFacts, 'provider'>): string {
  return `${provider === undefined ? 'its engine' : ENGINES[provider]} does not answer`;
}

/** Whether its engine has it in memory although nothing of ours has come out of it yet: another client may have loaded it. */
export function isResident({ phase, health, reason }: Pick<PhaseFacts, 'phase' | 'health' | 'reason'>): boolean {
  return phase === 'unknown' && health !== false && /^in memory\b/i.test(reason ?? '');
}

/** The few words of a phase, for the margin. */
export function phaseWords(facts: PhaseFacts, now: number): string {
  const { phase, progress, position } = facts;
  switch (phase) {
    case 'unknown':
      if (facts.health === false) return awayWords(facts);
      return isResident(facts) ? 'in memory, not tried' : 'listed, never tried';
    case 'absent':
      return 'not on this disk';
    case 'downloading':
      return progress === undefined ? 'pulling' : `pulling, ${formatPercent(progress)}`;
    case 'queued':
      return position === undefined ? 'in the queue' : `${shortOrdinal(position)} in the queue`;
    case 'loading':
      return progress === undefined ? 'loading' : `loading, ${formatPercent(progress)}`;
    case 'busy':
      return facts.tokensPerSecond === undefined ? 'answering' : `answering, ${formatRate(facts.tokensPerSecond)}`;
    case 'failed':
      return facts.since === undefined ? 'failed' : `failed ${formatTime(facts.since, now)}`;
    case 'cold':
    case 'warming':
    case 'ready':
    case 'draining':
    case 'unloading':
    case 'wedged':
      return phase;
  }
}

/** The same for a model under the composer, where there is room for an estimate. */
export function modelWords(model: ModelView, now: number): string {
  if (model.phase === 'loading' && model.eta !== undefined) return `loading, about ${formatSeconds(remainingSeconds(model, now))}`;
  if (model.phase === 'ready' && model.provider === 'llama.cpp') return 'ready, built in';
  return phaseWords(model, now);
}

/** One sentence about what choosing this model means now, and what to know of it besides. */
export function consequence(model: ModelView, now: number): string {
  const facts = [
    phaseSentence(model, now),
    breakerWords(model, now),
    model.notice?.text,
    offloadWords(model),
    model.pinned === true ? 'Pinned: it stays in memory' : undefined,
  ];
  const told = facts.filter((fact) => fact !== undefined && fact !== '');
  return told.length === 1 ? (told[0] ?? '') : told.map((fact) => toSentence(fact ?? '')).join(' ');
}

/** A model that lies only partly on the card is slower for it, which is worth knowing. */
export function offloadWords({
  memory_bytes: bytes,
  gpu_bytes: onCard,
}: Pick<ModelView, 'memory_bytes' | 'gpu_bytes'>): string | undefined {
  if (bytes === undefined || onCard === undefined || onCard <= 0 || onCard >= bytes) return undefined;
  return `${formatShare(onCard, bytes)} lie in graphics memory, the rest is computed on the processor`;
}

/** What keeps failing is passed over for a while; where it is the only one, it is tried all the same. */
function breakerWords({ breaker }: ModelView, now: number): string | undefined {
  switch (breaker?.state) {
    case undefined:
    case 'closed':
      return undefined;
    case 'open':
      return `${breaker.reason}; passed over${breaker.retry_at === undefined ? '' : ` until ${formatTime(breaker.retry_at, now)}`}`;
    case 'half_open':
      return `${breaker.reason}; the next answer shows whether it is back`;
  }
}

function phaseSentence(model: ModelView, now: number): string {
  switch (model.phase) {
    case 'ready':
      return `Ready since ${formatTime(model.since, now)}${model.provider === 'llama.cpp' ? ', built in' : ''}`;
    case 'busy':
      return busyWords(model);
    case 'loading':
      return joinFacts(['Loading', model.progress === undefined ? undefined : formatPercent(model.progress), estimate(model, now)]);
    case 'warming':
      return 'In memory, trying one token';
    case 'cold':
      return loadWords(model);
    case 'unknown':
      return unknownWords(model);
    case 'queued':
      return 'Waits for its turn to load';
    case 'downloading':
      return joinFacts(['Pulling', model.progress === undefined ? undefined : formatPercent(model.progress), estimate(model, now)]);
    case 'absent':
    case 'draining':
    case 'unloading':
    case 'failed':
    case 'wedged':
      return toSentence(model.reason);
  }
}

/** How long a load takes, with what that rests on. */
export function loadWords({ estimates, metrics }: Pick<ModelView, 'estimates' | 'metrics'>): string {
  if (estimates?.load !== undefined) return `Loads in about ${formatSeconds(estimates.load.seconds)}, ${estimates.load.basis}`;
  return metrics.last_load_ms === undefined
    ? 'Not in memory; how long loading takes is not known yet'
    : `Loads in about ${formatSeconds(metrics.last_load_ms / 1000)}, as the last time`;
}

function unknownWords(model: ModelView): string {
  if (model.health) return model.reason === '' ? 'Listed, never tried' : toSentence(model.reason);
  if (model.reason.includes('not answer')) return toSentence(model.reason);
  return `${toSentence(awayWords(model))} ${toSentence(model.reason)}`.trim();
}

function busyWords(model: ModelView): string {
  const answers = model.active > 1 ? `Writing ${model.active} answers` : 'Writing an answer';
  const wait = model.estimates?.queue;
  return joinFacts([
    answers,
    model.queued === 0 ? undefined : `${model.queued} waiting`,
    wait === undefined || model.queued === 0 ? undefined : `about ${formatSeconds(wait.seconds)} until your turn`,
  ]);
}

function estimate(model: ModelView, now: number): string | undefined {
  return model.eta === undefined ? undefined : `about ${formatSeconds(remainingSeconds(model, now))}`;
}

function remainingSeconds({ eta, heard_at: heardAt }: HeardModel, now: number): number {
  return Math.max(1, (eta?.seconds ?? 0) - Math.max(0, now - (heardAt ?? now)) / 1000);
}

function joinFacts(facts: readonly (string | undefined)[]): string {
  return facts.filter((fact) => fact !== undefined).join(', ');
}

/** How much it takes: of memory while it is there or on its way, else of the disk. */
export function modelSize(model: ModelView): string | undefined {
  const bytes =
    model.ready || model.phase === 'loading' || model.phase === 'warming'
      ? (model.memory_bytes ?? model.size_bytes)
      : (model.size_bytes ?? model.memory_bytes);
  return bytes === undefined ? undefined : formatBytes(bytes);
}
