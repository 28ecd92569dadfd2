import { presetListSchema } from '@pilotlight/contract';
import type { Preset } from '@pilotlight/contract';

import { ServerFailure } from './server-client.ts';
import type { ServerClient } from './server-client.ts';

/** A preset by its name, or by its id. Throws `ServerFailure` if there is none, or more than one. */
export async function findPreset(server: ServerClient, name: string): Promise<Preset> {
  const { presets } = presetListSchema.parse(await server.request('GET', '/api/presets'));
  const found = presets.filter((preset) => preset.id === name || preset.name === name);
  const [first] = found;
  if (first !== undefined && found.length === 1) return first;
  const message = first === undefined ? `There is no preset “${name}”` : `${found.length} presets are called “${name}”`;
  throw new ServerFailure(message, { code: 'preset_not_found', remedy: 'See "pilotlight presets"; the id of a preset can be named, too.' });
}
