import type { StorageView } from '@pilotlight/contract';

import { formatBytes, toSentence } from '../ui/format.ts';

/** Why nothing can be stored, with the figures, what still works, and what helps. */
export function storageWords(storage: Extract<StorageView, { state: 'read_only' }>): string {
  const { reason, remedy, path, free_bytes: free, needed_bytes: needed } = storage;
  const figures =
    free === undefined
      ? undefined
      : needed === undefined
        ? `${formatBytes(free)} free`
        : `${formatBytes(free)} free, ${formatBytes(needed)} needed`;
  return [
    toSentence(reason),
    figures === undefined ? undefined : `${path} has ${figures}.`,
    'Chats can be read, searched and exported; what you write is kept in this browser.',
    toSentence(remedy),
  ]
    .filter((sentence) => sentence !== undefined)
    .join(' ');
}
