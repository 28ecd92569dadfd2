import { z } from 'zod';

/**
 * Whether anything can be stored. `read_only`: what was stored can be read, searched and exported, and nothing new is taken; it ends by itself. `code` is the problem
 * that whoever writes meanwhile is told.
 */
export const storageViewSchema = z.discriminatedUnion('state', [
  z.object({ state: z.literal('writable'), since: z.string() }),
  z.object({
    state: z.literal('read_only'),
    since: z.string(),
    code: z.enum(['storage_full', 'storage_unavailable']),
    /** In words. */
    reason: z.string(),
    remedy: z.string(),
    /** The data folder. */
    path: z.string(),
    /** What is free on its disk, and how much there must be before anything is stored again; absent where that is not known or not the point. */
    free_bytes: z.int().optional(),
    needed_bytes: z.int().optional(),
  }),
]);
export type StorageView = z.infer<typeof storageViewSchema>;

/** Sent by `GET /api/events` after the picture of the models, and whenever it changes. */
export const storageEventSchema = z.object({ type: z.literal('storage'), storage: storageViewSchema });
