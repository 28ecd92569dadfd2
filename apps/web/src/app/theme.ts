import type { KeptTexts } from './ports.ts';

export type Theme = 'system' | 'light' | 'dark';

const KEY = 'pilotlight.theme';
const ORDER: readonly Theme[] = ['system', 'light', 'dark'];

export const THEME_WORDS: Readonly<Record<Theme, string>> = { system: 'as the system has it', light: 'light', dark: 'dark' };

export function readTheme(kept: KeptTexts): Theme {
  const theme = kept.get(KEY);
  return theme === 'light' || theme === 'dark' ? theme : 'system';
}

export function nextTheme(theme: Theme): Theme {
  return ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length] ?? 'system';
}

/** Applies a theme to the page and remembers it. */
export function showTheme(kept: KeptTexts, theme: Theme): void {
  const { dataset } = document.documentElement;
  if (theme === 'system') {
    delete dataset['theme'];
    kept.remove(KEY);
  } else {
    dataset['theme'] = theme;
    kept.set(KEY, theme);
  }
}
