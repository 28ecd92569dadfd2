import type { LaunchProfile } from '@pilotlight/contract';

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
  /** Load the default model at the start. Default false. */
  readonly warmAtStart?: boolean;
  /** Launch profiles by model name; a model that is not named gets the engine's own choices. */
  readonly profiles?: Readonly<Record<string, LaunchProfile>>;
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
    warmAtStart: settings.warmAtStart ?? false,
    profiles: settings.profiles ?? {},
  };
}
