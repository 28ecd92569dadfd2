import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { resolveSettings, type SettingsResult, type SettingsSources, type TextFile } from '../resolve-settings.ts';

export interface LoadOptions {
  readonly flags?: NonNullable<SettingsSources['flags']>;
  /** The folder with `.env` and `pilotlight.yaml`; relative paths start there too. Default: the working folder. */
  readonly folder?: string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** Settings of this process: its flags and environment, and the two files of its folder where they exist. */
export function loadSettings(options: LoadOptions = {}): SettingsResult {
  const folder = options.folder ?? process.cwd();
  const unreadable: string[] = [];
  const read = (name: string): TextFile | undefined => {
    try {
      return { path: name, text: readFileSync(join(folder, name), 'utf8') };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code !== 'ENOENT') unreadable.push(`${name} cannot be read (${String(code)}).`);
      return undefined;
    }
  };
  const dotenv = read('.env');
  const file = read('pilotlight.yaml');
  const result = resolveSettings({
    surroundings: { platform: process.platform, home: homedir(), folder, environment: options.environment ?? process.env },
    ...(options.flags === undefined ? {} : { flags: options.flags }),
    ...(dotenv === undefined ? {} : { dotenv }),
    ...(file === undefined ? {} : { file }),
  });
  if (unreadable.length === 0) return result;
  return { ok: false, problems: [...unreadable, ...(result.ok ? [] : result.problems)], warnings: result.warnings };
}
