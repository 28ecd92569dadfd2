import type { LaunchProfile, Timings, Usage } from '@pilotlight/contract';

import type { Pace } from '../attempts/deadlines.ts';
import type { Figures } from '../estimates/learned-book.ts';
import type { Sample } from '../estimates/sample.ts';

/** What one deployment has shown: counts since the server started, and what was measured of it. */
export interface DeploymentRecord {
  readonly answers: number;
  readonly failures: number;
  readonly loads: number;
  readonly lastLoadMs: number | undefined;
  readonly loadMs: Sample;
  readonly warmMs: Sample;
  readonly answerMs: Sample;
  readonly firstTokenMs: Sample;
  readonly tokensPerSecond: Sample;
  readonly pace: Pace;
  /** A load succeeded; one that found the model in memory says nothing about how long loads take. */
  addLoad(durationMs: number, foundInMemory: boolean): void;
  /** The one token after a load came. */
  addWarmUp(durationMs: number): void;
  addAnswer(answer: AnswerFacts): void;
  addFailure(): void;
  /** Its server was told to unload it and said that it cannot. */
  cannotUnload: boolean;
  /** How many answers it wrote at once after its last load; undefined: there was none. */
  slots: number | undefined;
  /** The launch profile of the load that goes on; undefined: none does. */
  loadingWith: LaunchProfile | undefined;
  /** When its last load was done, on the monotonic clock; undefined: none was. */
  readonly readyAtMs: number | undefined;
  readonly lastUsedMs: number | undefined;
  /** The latest moment until which a request wished it to stay, on the monotonic clock; 0: none did. */
  keepUntilMs: number;
  /** When the last token of any answer came, on the monotonic clock; undefined: none has. */
  readonly lastTokenMs: number | undefined;
  addToken(nowMs: number): void;
  /** Its load is done. */
  addReady(nowMs: number): void;
  /** The last answer in it ended. */
  addUse(nowMs: number): void;
}

export interface AnswerFacts {
  readonly firstTokenMs: number | undefined;
  /** From the grant to the end. */
  readonly durationMs: number;
  readonly usage: Usage;
  readonly timings: Timings;
}

export interface RecordOptions {
  /** The figures of the model with the launch profile that it has, or that its load has, or else its next one. */
  readonly figures: () => Figures;
  /** They were added to. */
  readonly onLearned: () => void;
}

/** Counts are of this run; what was measured may be older. */
export function createRecord({ figures, onLearned }: RecordOptions): DeploymentRecord {
  const record: { -readonly [Field in keyof DeploymentRecord]: DeploymentRecord[Field] } = {
    answers: 0,
    failures: 0,
    loads: 0,
    lastLoadMs: undefined,
    readyAtMs: undefined,
    lastUsedMs: undefined,
    lastTokenMs: undefined,
    get loadMs() {
      return figures().loadMs;
    },
    get warmMs() {
      return figures().warmMs;
    },
    get answerMs() {
      return figures().answerMs;
    },
    get firstTokenMs() {
      return figures().firstTokenMs;
    },
    get tokensPerSecond() {
      return figures().tokensPerSecond;
    },
    cannotUnload: false,
    slots: undefined,
    loadingWith: undefined,
    keepUntilMs: 0,
    get pace() {
      const { promptTokenMs, gapMs } = figures();
      return { promptTokenMs: promptTokenMs.median(), gapMs: gapMs.median() };
    },
    addLoad(durationMs, foundInMemory) {
      if (foundInMemory) return;
      record.loads += 1;
      record.lastLoadMs = durationMs;
      figures().loadMs.add(durationMs);
      onLearned();
    },
    addWarmUp(durationMs) {
      figures().warmMs.add(durationMs);
      onLearned();
    },
    addAnswer(answer) {
      record.answers += 1;
      learnAnswer(figures(), answer);
      onLearned();
    },
    addFailure() {
      record.failures += 1;
    },
    addToken(nowMs) {
      record.lastTokenMs = nowMs;
    },
    addReady(nowMs) {
      record.readyAtMs = nowMs;
      record.lastUsedMs = nowMs;
    },
    addUse(nowMs) {
      record.lastUsedMs = nowMs;
    },
  };
  return record;
}

function learnAnswer(learned: Figures, { firstTokenMs, durationMs, usage, timings }: AnswerFacts): void {
  learned.answerMs.add(durationMs);
  if (firstTokenMs !== undefined) learned.firstTokenMs.add(firstTokenMs);
  const perSecond = toTokensPerSecond({ usage, timings, writingMs: durationMs - (firstTokenMs ?? 0) });
  if (perSecond !== undefined) {
    learned.tokensPerSecond.add(perSecond);
    learned.gapMs.add(1000 / perSecond);
  }
  const read = (usage.promptTokens ?? 0) - (usage.cachedTokens ?? 0);
  if (timings.promptMs !== undefined && read > 0) learned.promptTokenMs.add(timings.promptMs / read);
}

interface Writing {
  readonly usage: Usage;
  readonly timings: Timings;
  /** From the first token to the end, by our own clock, for engines that do not measure. */
  readonly writingMs: number;
}

/** Of fewer tokens than these the pace is noise. */
const FEWEST_TOKENS = 4;

/** The pace of an answer; undefined where the tokens were not counted, were too few or took no time. */
export function toTokensPerSecond({ usage, timings, writingMs }: Writing): number | undefined {
  const ms = timings.completionMs ?? writingMs;
  if (usage.completionTokens === undefined || usage.completionTokens < FEWEST_TOKENS || ms <= 0) return undefined;
  return Math.round((usage.completionTokens / ms) * 10_000) / 10;
}
