import { useState } from 'react';

import { Icon } from '../ui/icon.tsx';
import { usePorts } from './ports.ts';
import { nextTheme, readTheme, showTheme, THEME_WORDS } from './theme.ts';

/** Light, dark, or as the system has it. */
export function ThemeButton() {
  const { kept } = usePorts();
  const [theme, setTheme] = useState(() => readTheme(kept));
  const words = `Theme: ${THEME_WORDS[theme]}. Change to ${THEME_WORDS[nextTheme(theme)]}`;
  return (
    <button
      type="button"
      className="btn quiet icon small"
      aria-label={words}
      title={words}
      onClick={() => {
        const next = nextTheme(theme);
        showTheme(kept, next);
        setTheme(next);
      }}
    >
      <Icon name={theme} />
    </button>
  );
}
