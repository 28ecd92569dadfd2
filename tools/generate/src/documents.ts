import { modelDefaultsJsonSchema } from '@pilotlight/contract';
import { toEnvExample, toJsonSchema, toSettingsPage } from '@pilotlight/settings';
import { toOptionsPage } from './options-page.ts';
import { toProblemsPage } from './problems-page.ts';

export interface GeneratedDocument {
  /** From the root of the repository, with slashes. */
  readonly path: string;
  readonly text: () => string;
}

/** Every file that is made from a table. A new one is a row here. */
export const DOCUMENTS: readonly GeneratedDocument[] = [
  { path: '.env.example', text: toEnvExample },
  { path: 'schema/pilotlight.schema.json', text: () => toJsonSchema(modelDefaultsJsonSchema()) },
  { path: 'docs/settings.md', text: toSettingsPage },
  { path: 'docs/options.md', text: toOptionsPage },
  { path: 'docs/problems.md', text: toProblemsPage },
];

/** The documents whose file is missing or is not what the tables say now. */
export function drifted(documents: readonly GeneratedDocument[], read: (path: string) => string | undefined): readonly GeneratedDocument[] {
  return documents.filter((document) => read(document.path) !== document.text());
}
