import type { LineCounter, YAMLMap } from 'yaml';

import { isAlias, isMap, isScalar, isSeq, parseYaml } from './lazy-yaml.ts';
import { readModelDefaults, type ModelDefaultsOfFile } from './read-model-defaults.ts';
import { readTasks, type TaskRoutes } from './read-tasks.ts';
import { closest } from './suggestion.ts';

/** One value of the file, as the text that its parser takes, or the items of a list. */
export interface FileEntry {
  readonly text: string | readonly string[];
  readonly line: number;
}

export interface FileContent {
  readonly entries: ReadonlyMap<string, FileEntry>;
  readonly tasks: TaskRoutes;
  readonly modelDefaults: ModelDefaultsOfFile;
  /** Whole sentences, each with its line. */
  readonly problems: readonly string[];
}

const EMPTY: FileContent = { entries: new Map(), tasks: {}, modelDefaults: {}, problems: [] };

/** What `pilotlight.yaml` says. Keys that nobody knows are problems: a mistyped one would otherwise be a setting that silently does nothing. */
export function readFile(source: { readonly path: string; readonly text: string }, knownKeys: readonly string[]): FileContent {
  const { document, lines } = parseYaml(source.text);
  const [syntaxError] = document.errors;
  if (syntaxError !== undefined) {
    const [what] = syntaxError.message.split('\n');
    return { ...EMPTY, problems: [`${source.path} is not valid YAML: ${what?.replace(/:$/, '') ?? 'it cannot be read'}.`] };
  }
  const root = document.contents;
  if (root === null || (isScalar(root) && root.value === null)) return EMPTY;
  if (!isMap(root)) return { ...EMPTY, problems: [`${source.path} must hold settings, one "name: value" a line.`] };
  return readEntries(root, { path: source.path, lineOf: (node) => lineOf(node, lines), knownKeys });
}

interface Reading {
  readonly path: string;
  readonly lineOf: (node: unknown) => number;
  readonly knownKeys: readonly string[];
}

function readEntries(root: YAMLMap, reading: Reading): FileContent {
  const entries = new Map<string, FileEntry>();
  const problems: string[] = [];
  let tasks: TaskRoutes = {};
  let modelDefaults: ModelDefaultsOfFile = {};
  for (const { key: keyNode, value: node } of root.items) {
    const key = isScalar(keyNode) ? String(keyNode.value) : '';
    const line = reading.lineOf(keyNode);
    const where = `${reading.path}, line ${line}`;
    if (key === 'tasks') {
      const read = readTasks(node, (at) => `${reading.path}, line ${reading.lineOf(at)}`);
      tasks = read.tasks;
      problems.push(...read.problems);
    } else if (key === 'model_defaults') {
      const read = readModelDefaults(node, (at) => `${reading.path}, line ${reading.lineOf(at)}`);
      ({ modelDefaults } = read);
      problems.push(...read.problems);
    } else if (!reading.knownKeys.includes(key)) {
      const meant = closest(key, [...reading.knownKeys, 'tasks', 'model_defaults']);
      problems.push(`${where}: there is no setting "${key}".${meant === undefined ? '' : ` Did you mean "${meant}"?`}`);
    } else {
      const text = toText(node);
      if (text === undefined) problems.push(`${where}: "${key}" must be one value or a list of values.`);
      else entries.set(key, { text, line });
    }
  }
  return { entries, tasks, modelDefaults, problems };
}

function toText(node: unknown): string | readonly string[] | undefined {
  if (node === null || node === undefined) return '';
  if (isScalar(node)) return scalarText(node.value, node.source);
  if (!isSeq(node)) return undefined;
  const items = node.items.map((item) => (isScalar(item) ? scalarText(item.value, item.source) : undefined));
  return items.includes(undefined) ? undefined : items.filter((item) => item !== undefined);
}

/** Numbers keep the way they were written; `source` has it. */
function scalarText(value: unknown, source: string | undefined): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : (source ?? JSON.stringify(value));
}

function lineOf(node: unknown, lines: LineCounter): number {
  const range = isScalar(node) || isMap(node) || isSeq(node) || isAlias(node) ? node.range : undefined;
  return lines.linePos(range?.[0] ?? 0).line;
}
