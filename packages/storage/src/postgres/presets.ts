import type { PresetRecord, PresetRecordChange } from '@pilotlight/chat';

import { changeSettings } from '../settings-json.ts';
import { toPreset } from '../sqlite-presets.ts';
import type { PresetRow } from '../sqlite-presets.ts';
import type { PostgresSession } from './postgres-session.ts';

// Presets. What writes runs within the caller's transaction.

const SELECT = 'SELECT id, name, settings, created_ms, updated_ms FROM presets';

export async function listPresets(session: PostgresSession): Promise<PresetRecord[]> {
  return ((await session.all(`${SELECT} ORDER BY name, id`)) as PresetRow[]).map(toPreset);
}

async function row(session: PostgresSession, id: string): Promise<PresetRow | undefined> {
  return (await session.get(`${SELECT} WHERE id = $1`, id)) as PresetRow | undefined;
}

export async function findPreset(session: PostgresSession, id: string): Promise<PresetRecord | undefined> {
  const found = await row(session, id);
  return found && toPreset(found);
}

export async function addPreset(session: PostgresSession, preset: PresetRecord, most: number): Promise<'stored' | 'taken' | 'full'> {
  const { id, name, settings, createdMs, updatedMs } = preset;
  const json = JSON.stringify(settings);
  const former = await row(session, id);
  if (former !== undefined) return former.name === name && former.settings === json ? 'stored' : 'taken';
  const { count } = (await session.get('SELECT count(*) AS count FROM presets')) as { readonly count: number };
  if (count >= most) return 'full';
  await session.run(
    'INSERT INTO presets (id, name, settings, created_ms, updated_ms) VALUES ($1, $2, $3, $4, $5)',
    id,
    name,
    json,
    createdMs,
    updatedMs,
  );
  return 'stored';
}

export async function changePreset(session: PostgresSession, id: string, change: PresetRecordChange): Promise<PresetRecord | undefined> {
  const former = await findPreset(session, id);
  if (former === undefined) return undefined;
  const settings = JSON.stringify(changeSettings(former.settings, change.settings));
  const updatedMs = Math.max(change.atMs, former.updatedMs);
  await session.run(
    'UPDATE presets SET name = $1, settings = $2, updated_ms = $3 WHERE id = $4',
    change.name ?? former.name,
    settings,
    updatedMs,
    id,
  );
  return findPreset(session, id);
}

export async function removePreset(session: PostgresSession, id: string): Promise<boolean> {
  return (await session.run('DELETE FROM presets WHERE id = $1', id)) > 0;
}
