/** A table that both databases have, with the same columns. */
export interface CopiedTable {
  readonly name: string;
  /** Rows that others refer to come before these. */
  readonly order: string;
  /** So many rows are in memory at once. */
  readonly rows: number;
  /** The column that the database numbers. */
  readonly numbered?: string;
}

/** What a backup holds: every table but the words that are searched, which are made anew. Those that others refer to come first. */
export const COPIED_TABLES: readonly CopiedTable[] = [
  { name: 'conversations', order: 'created_ms, id', rows: 1000 },
  { name: 'messages', order: 'seq', rows: 1000, numbered: 'seq' },
  { name: 'generations', order: 'key', rows: 1000, numbered: 'key' },
  { name: 'generation_log', order: 'generation_key, first_offset', rows: 1000 },
  { name: 'presets', order: 'id', rows: 1000 },
  // Each can be as large as an attachment may be.
  { name: 'attachments', order: 'key', rows: 4, numbered: 'key' },
  { name: 'message_attachments', order: 'message_id, place', rows: 1000 },
  { name: 'summaries', order: 'until_id', rows: 1000 },
  { name: 'learned_figures', order: 'key', rows: 1000 },
  { name: 'pinned_models', order: 'model', rows: 1000 },
  { name: 'kept_values', order: 'kind, name', rows: 1000 },
];
