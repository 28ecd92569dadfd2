import { posix, win32 } from 'node:path';
import { right, wrong, type Parse, type Surroundings } from '../setting.ts';

type PathRules = typeof posix;

/** The path rules of the platform that the settings are for, which in tests need not be that of the test. */
function rulesOf(surroundings: Surroundings): PathRules {
  return surroundings.platform === 'win32' ? win32 : posix;
}

/** What separates the folders of a list, as in `PATH`. */
export function folderSeparator(surroundings: Surroundings): string {
  return surroundings.platform === 'win32' ? ';' : ':';
}

function toAbsolute(text: string, surroundings: Surroundings): string {
  const path = rulesOf(surroundings);
  const expanded = text === '~' || /^~[/\\]/.test(text) ? path.join(surroundings.home, text.slice(1)) : text;
  return path.resolve(surroundings.folder, expanded);
}

/** One folder, as an absolute path. */
export const parseFolder: Parse<string> = (text, surroundings) =>
  text.includes('\0') ? wrong('the path of a folder') : right(toAbsolute(text, surroundings));

/** Several folders, as absolute paths, each once. */
export const parseFolders: Parse<readonly string[]> = (text, surroundings) => {
  if (text.includes('\0')) return wrong('paths of folders');
  const parts = text.split(folderSeparator(surroundings)).map((part) => part.trim());
  return right([...new Set(parts.filter((part) => part !== '').map((part) => toAbsolute(part, surroundings)))]);
};

/** Where the platform keeps what a program must not lose. */
export function defaultDataFolder(surroundings: Surroundings): string {
  const path = rulesOf(surroundings);
  const { environment, home, platform } = surroundings;
  if (platform === 'win32') return path.join(environment['LOCALAPPDATA'] || path.join(home, 'AppData', 'Local'), 'Pilotlight');
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', 'Pilotlight');
  const shared = environment['XDG_DATA_HOME'];
  return path.join(shared !== undefined && path.isAbsolute(shared) ? shared : path.join(home, '.local', 'share'), 'pilotlight');
}
