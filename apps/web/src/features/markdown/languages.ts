import type { LanguageFn } from 'highlight.js';
import type { ReactNode } from 'react';

export type Highlighter = (code: string) => ReactNode;

interface Language {
  readonly label: string;
  /** Fetches highlighter and grammar once; absent for languages without colours. */
  readonly load?: () => Promise<Highlighter>;
}

type GrammarModule = Promise<{ readonly default: LanguageFn }>;

interface Grammar {
  readonly label: string;
  readonly names: readonly string[];
  readonly fetch: () => GrammarModule;
}

const GRAMMARS: readonly Grammar[] = [
  { label: 'Bash', names: ['bash', 'sh', 'shell', 'zsh', 'console'], fetch: () => import('highlight.js/lib/languages/bash') },
  { label: 'C', names: ['c', 'h'], fetch: () => import('highlight.js/lib/languages/c') },
  { label: 'C#', names: ['csharp', 'cs', 'c#'], fetch: () => import('highlight.js/lib/languages/csharp') },
  { label: 'C++', names: ['cpp', 'c++', 'cc', 'hpp'], fetch: () => import('highlight.js/lib/languages/cpp') },
  { label: 'CSS', names: ['css', 'scss', 'less'], fetch: () => import('highlight.js/lib/languages/css') },
  { label: 'Diff', names: ['diff', 'patch'], fetch: () => import('highlight.js/lib/languages/diff') },
  { label: 'Dockerfile', names: ['dockerfile', 'docker'], fetch: () => import('highlight.js/lib/languages/dockerfile') },
  { label: 'Go', names: ['go', 'golang'], fetch: () => import('highlight.js/lib/languages/go') },
  { label: 'HTML', names: ['html', 'xml', 'svg', 'vue'], fetch: () => import('highlight.js/lib/languages/xml') },
  { label: 'INI', names: ['ini', 'toml', 'conf'], fetch: () => import('highlight.js/lib/languages/ini') },
  { label: 'Java', names: ['java'], fetch: () => import('highlight.js/lib/languages/java') },
  { label: 'JavaScript', names: ['javascript', 'js', 'jsx', 'mjs', 'cjs'], fetch: () => import('highlight.js/lib/languages/javascript') },
  { label: 'JSON', names: ['json', 'jsonc', 'json5'], fetch: () => import('highlight.js/lib/languages/json') },
  { label: 'Kotlin', names: ['kotlin', 'kt'], fetch: () => import('highlight.js/lib/languages/kotlin') },
  { label: 'Lua', names: ['lua'], fetch: () => import('highlight.js/lib/languages/lua') },
  { label: 'Makefile', names: ['makefile', 'make'], fetch: () => import('highlight.js/lib/languages/makefile') },
  { label: 'Markdown', names: ['markdown', 'md'], fetch: () => import('highlight.js/lib/languages/markdown') },
  { label: 'PHP', names: ['php'], fetch: () => import('highlight.js/lib/languages/php') },
  { label: 'PowerShell', names: ['powershell', 'ps1', 'pwsh'], fetch: () => import('highlight.js/lib/languages/powershell') },
  { label: 'Python', names: ['python', 'py', 'python3'], fetch: () => import('highlight.js/lib/languages/python') },
  { label: 'R', names: ['r'], fetch: () => import('highlight.js/lib/languages/r') },
  { label: 'Ruby', names: ['ruby', 'rb'], fetch: () => import('highlight.js/lib/languages/ruby') },
  { label: 'Rust', names: ['rust', 'rs'], fetch: () => import('highlight.js/lib/languages/rust') },
  { label: 'SQL', names: ['sql', 'sqlite', 'postgresql', 'mysql'], fetch: () => import('highlight.js/lib/languages/sql') },
  { label: 'Swift', names: ['swift'], fetch: () => import('highlight.js/lib/languages/swift') },
  { label: 'TypeScript', names: ['typescript', 'ts', 'tsx', 'mts'], fetch: () => import('highlight.js/lib/languages/typescript') },
  { label: 'YAML', names: ['yaml', 'yml'], fetch: () => import('highlight.js/lib/languages/yaml') },
];

const BY_NAME = new Map<string, Language>(
  GRAMMARS.flatMap((grammar) => {
    const language: Language = { label: grammar.label, load: once(() => loadGrammar(grammar)) };
    return grammar.names.map((name) => [name, language] as const);
  }),
);
const MAX_LABEL = 24;
const PLAIN: Language = { label: 'Text' };

/** The language that a fence names; its first word as it stands where we do not know it. */
export function languageOf(info: string): Language {
  const name = /^[^\s{,:]+/.exec(info.trim())?.[0] ?? '';
  if (name === '') return PLAIN;
  return BY_NAME.get(name.toLowerCase()) ?? { label: name.slice(0, MAX_LABEL) };
}

async function loadGrammar(grammar: Grammar): Promise<Highlighter> {
  const [{ createHighlighter }, { default: language }] = await Promise.all([import('./highlighter.tsx'), grammar.fetch()]);
  return createHighlighter(language);
}

/** One fetch for all blocks; a failed one may be tried again. */
function once(load: () => Promise<Highlighter>): () => Promise<Highlighter> {
  let pending: Promise<Highlighter> | undefined;
  return () => {
    pending ??= load().catch((error: unknown) => {
      pending = undefined;
      throw error;
    });
    return pending;
  };
}
