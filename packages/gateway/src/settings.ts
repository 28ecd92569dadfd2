import { withTag } from '@pilotlight/contract';
import type { LaunchProfile, Options } from '@pilotlight/contract';

/** For a task: the models to try in order, then the fallback. */
export interface Route {
  readonly models: readonly string[];
  readonly fallback?: readonly string[];
}

/** What the owner of the server may set. Everything has a default but the model. */
export interface GatewaySettings {
  /** The model of all tasks without a route of their own (`OLLAMA_MODEL`). */
  readonly defaultModel: string;
  /** Whether a person chose `defaultModel`; only then is it worth a word that another one answers in its place. */
  readonly defaultModelIsChosen?: boolean;
  /** By task. */
  readonly routes?: Readonly<Record<string, Route>>;
  /** A load is given up after so long without a sign of progress (`OLLAMA_TIMEOUT`). Default 300,000. */
  readonly loadStallMs?: number;
  /** Models of the built-in engine leave memory after so long without use (`OLLAMA_KEEP_ALIVE`); `Infinity`: never. Default 300,000. */
  readonly keepAliveMs?: number;
  /** How often one answer is tried at most (`MODEL_RETRIES`), at least 1. Default 6. */
  readonly maxAttempts?: number;
  /** How many requests may wait for one deployment. Default 256. */
  readonly maxWaiting?: number;
  /** How many requests may wait for all deployments together. Default 1,024. */
  readonly maxWaitingInAll?: number;
  /** Load the default model at the start. Default false. */
  readonly warmAtStart?: boolean;
  /** Launch profiles by model name; a model that is not named gets the engine's own choices. */
  readonly profiles?: Readonly<Record<string, LaunchProfile>>;
  /** How a model answers where neither request nor conversation says otherwise, by its name. */
  readonly modelOptions?: Readonly<Record<string, Options>>;
  /** What the models on this machine may take together (`MEMORY_BUDGET`). Default: no limit but the machine's. */
  readonly memoryBudgetBytes?: number;
  /** What the models of an engine elsewhere may take together, by its id; one that is not named admits every load. */
  readonly engineBudgets?: Readonly<Record<string, number>>;
  /** Names of models that are never unloaded to make room. */
  readonly pinned?: readonly string[];
  /**
   * A request waits at most so long for the memory of models that are in use, usual loads counted: in time for that they take no new answers and leave memory for it.
   * Default 30,000.
   */
  readonly maxSwapWaitMs?: number;
  /** A model that was loaded is left in memory for as long as its load took, and longer while it is in use and nobody is overdue, at most so long. Default 30,000. */
  readonly minResidencyMs?: number;
  /** Where several engines have a model, a request waits at most so long at one before another that is free takes it. Default 10,000. */
  readonly spillAfterMs?: number;
  /** An answer takes at most so long in all, unless its options say otherwise (`PILOTLIGHT_TOTAL_TIMEOUT`). Default: no limit. */
  readonly totalTimeoutMs?: number;
}

/** The settings with every default filled in. */
export type Settings = Required<GatewaySettings>;

export function withDefaults(settings: GatewaySettings): Settings {
  return {
    defaultModel: settings.defaultModel,
    defaultModelIsChosen: settings.defaultModelIsChosen ?? false,
    routes: settings.routes ?? {},
    loadStallMs: settings.loadStallMs ?? 300_000,
    keepAliveMs: settings.keepAliveMs ?? 300_000,
    maxAttempts: Math.max(1, settings.maxAttempts ?? 6),
    maxWaiting: settings.maxWaiting ?? 256,
    maxWaitingInAll: settings.maxWaitingInAll ?? 1024,
    warmAtStart: settings.warmAtStart ?? false,
    profiles: settings.profiles ?? {},
    modelOptions: settings.modelOptions ?? {},
    memoryBudgetBytes: settings.memoryBudgetBytes ?? Number.POSITIVE_INFINITY,
    engineBudgets: settings.engineBudgets ?? {},
    pinned: (settings.pinned ?? []).map(withTag),
    maxSwapWaitMs: settings.maxSwapWaitMs ?? 30_000,
    minResidencyMs: settings.minResidencyMs ?? 30_000,
    spillAfterMs: settings.spillAfterMs ?? 10_000,
    totalTimeoutMs: settings.totalTimeoutMs ?? Number.POSITIVE_INFINITY,
  };
}
