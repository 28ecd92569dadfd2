import { z } from 'zod';

import { taskSchema } from './chat-wire.ts';
import type { Capability, LaunchProfile } from './engine.ts';
import { launchProfileSchema } from './launch-profile.ts';
import { modelNameSchema } from './models-wire.ts';
import { optionsSchema } from './options.ts';
import type { Options } from './options.ts';

export const MOST_TASKS = 50;
export const MOST_ROUTE_MODELS = 20;

/** `PUT /api/tasks`: for each task the models to try, in that order. A task that is left out uses the default model. */
export const taskRoutesSchema = z
  .record(taskSchema, z.array(modelNameSchema).min(1).max(MOST_ROUTE_MODELS))
  .refine((routes) => Object.keys(routes).length <= MOST_TASKS, `at most ${MOST_TASKS} tasks`);
export type TaskRoutes = Readonly<Record<string, readonly string[]>>;
export const taskTableSchema = z.strictObject({ tasks: taskRoutesSchema });

/** Who said something that lasts: set at run time and kept, `pilotlight.yaml`, or nobody. */
export const preferenceSourceSchema = z.enum(['kept', 'settings', 'none']);
export type PreferenceSource = z.infer<typeof preferenceSourceSchema>;

/** `GET /api/tasks`: every route as it stands, and what it would do now. */
export const taskViewSchema = z.object({
  task: z.string(),
  models: z.array(z.string()),
  /** What a model must be able to do to be considered. */
  needs: z.string(),
  from: preferenceSourceSchema,
  /** Which model a request would go to first; absent: none can answer now. */
  first: z.string().optional(),
  /** Why it is not the first of the list, or why there is none. */
  reason: z.string().optional(),
});
export type TaskView = z.infer<typeof taskViewSchema>;
export const tasksViewSchema = z.object({ tasks: z.array(taskViewSchema), from: preferenceSourceSchema });
export type TasksView = z.infer<typeof tasksViewSchema>;

/** What the owner wants of one model unless a request says otherwise: `PUT /api/models/{name}/defaults`, and `profiles` of `pilotlight.yaml`. */
export const modelDefaultsSchema = z.strictObject({
  options: optionsSchema.optional(),
  profile: launchProfileSchema.optional(),
});
export type ModelDefaults = z.infer<typeof modelDefaultsSchema>;

/** `GET /api/models/{name}/defaults`. */
export const modelDefaultsViewSchema = z.object({
  name: z.string(),
  options: optionsSchema,
  profile: launchProfileSchema,
  from: preferenceSourceSchema,
  /** What of it has no effect with the engine that has the model, or not yet, and why. */
  notes: z.array(z.object({ field: z.string(), reason: z.string() })),
});
export type ModelDefaultsView = z.infer<typeof modelDefaultsViewSchema>;

/** What an answer needs of a model beyond writing text. */
export interface Needs {
  readonly capabilities?: readonly Capability[];
}

/** What the owner may change while the server runs. Every change holds for the next request; what runs goes on as it began. All errors are `Problem`s. */
export interface Preferences {
  tasks(): TasksView;
  /** One of them, also one without a route. */
  task(name: string): TaskView;
  /** Throws `Problem('model_not_found')` for a model that no engine has and the table did not have, with the names that are near. */
  checkTasks(routes: TaskRoutes): void;
  /** Undefined: as the settings say. */
  setTasks(routes: TaskRoutes | undefined): void;
  /** Throws `Problem('model_not_found')`. */
  defaults(name: string): ModelDefaultsView;
  /** Undefined: as the settings say. The name need not be known: its engine may be away. */
  setDefaults(name: string, defaults: ModelDefaults | undefined): void;
}

/** Defaults of models by name, as the gateway takes them. */
export interface ModelSettings {
  readonly options?: Options;
  readonly profile?: LaunchProfile;
}

/** One small thing that the server keeps across restarts; the value is JSON. */
export interface KeptValue {
  readonly name: string;
  readonly value: unknown;
}

/** A drawer for small things of the server itself, each by kind and name. All errors are `Problem('storage_unavailable')`. */
export interface KeptValues {
  /** All of a kind, by name. */
  kept(kind: string): Promise<readonly KeptValue[]>;
  /** Keeps them in one transaction, on the disk when it resolves; a value that is undefined is taken out. */
  keep(kind: string, values: readonly KeptValue[]): Promise<void>;
}

/** The JSON Schema of what can be set for one model. */
export function modelDefaultsJsonSchema(): object {
  const { $schema: _schema, ...schema } = z.toJSONSchema(modelDefaultsSchema, { io: 'input' });
  return schema;
}
