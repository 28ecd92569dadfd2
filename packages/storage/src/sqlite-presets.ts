import type { PresetRecord, PresetRecordChange } from '@pilotlight/chat';

import { changeSettings } from './settings-json.ts';
import type { SqliteConnection } from './sqlite-connection.ts';

/** Presets. What writes runs within the caller's transaction. */
export interface PresetTable {
  readonly all: () => PresetRecord[];
  readonly find: (id: string) => PresetRecord | undefined;
  readonly add: (preset: PresetRecord, most: number) => 'stored' | 'taken' | 'full';
  readonly change: (id: string, change: PresetRecordChange) => PresetRecord | undefined;
  readonly remove: (id: string) => boolean;
}

/** A row of `presets`, as every database gives it. */
export interface PresetRow {
  readonly id: string;
  readonly name: string;
  readonly settings: string;
  readonly created_ms: number;
  readonly updated_ms: number;
}

export function createPresetTable(connection: SqliteConnection): PresetTable {
  const selectAll = connection.prepare('SELECT id, name, settings, created_ms, updated_ms FROM presets ORDER BY name, id');
  const selectOne = connection.prepare('SELECT id, name, settings, created_ms, updated_ms FROM presets WHERE id = ?');
  const count = connection.prepare('SELECT count(*) AS count FROM presets');
  const insert = connection.prepare('INSERT INTO presets (id, name, settings, created_ms, updated_ms) VALUES (?, ?, ?, ?, ?)');
  const update = connection.prepare('UPDATE presets SET name = ?, settings = ?, updated_ms = ? WHERE id = ?');
  const remove = connection.prepare('DELETE FROM presets WHERE id = ?');

  function find(id: string): PresetRecord | undefined {
    const row = selectOne.get(id) as PresetRow | undefined;
    return row && toPreset(row);
  }

  return {
    all: () => (selectAll.all() as PresetRow[]).map(toPreset),
    find,
    add({ id, name, settings, createdMs, updatedMs }, most) {
      const json = JSON.stringify(settings);
      const former = selectOne.get(id) as PresetRow | undefined;
      if (former !== undefined) return former.name === name && former.settings === json ? 'stored' : 'taken';
      if ((count.get() as { readonly count: number }).count >= most) return 'full';
      insert.run(id, name, json, createdMs, updatedMs);
      return 'stored';
    },
    change(id, { name, settings, atMs }) {
      const former = find(id);
      if (former === undefined) return undefined;
      update.run(name ?? former.name, JSON.stringify(changeSettings(former.settings, settings)), Math.max(atMs, former.updatedMs), id);
      return find(id);
    },
    remove: (id) => Number(remove.run(id).changes) > 0,
  };
}

export function toPreset(row: PresetRow): PresetRecord {
  const settings = JSON.parse(row.settings) as PresetRecord['settings'];
  return { id: row.id, name: row.name, settings, createdMs: row.created_ms, updatedMs: row.updated_ms };
}
