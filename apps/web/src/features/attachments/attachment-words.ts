import type { Attachment } from '@pilotlight/contract';

import { formatBytes, formatCount } from '../../ui/format.ts';

/** Beside the name of a file: how much of it the model is given. */
export function attachmentWords(attachment: Attachment): string {
  const { kind, bytes, characters, pages, pages_read: read, width, height } = attachment;
  const size = formatBytes(bytes);
  switch (kind) {
    case 'image':
      return width === undefined || height === undefined ? size : `${formatCount(width)} × ${formatCount(height)}, ${size}`;
    case 'pdf':
      if (pages === undefined) return size;
      return read === undefined || read === pages
        ? `${counted(pages, 'page')}, ${size}`
        : `${formatCount(read)} of ${counted(pages, 'page')} read, ${size}`;
    case 'text':
      return characters === undefined ? size : `${counted(characters, 'character')}, ${size}`;
  }
}

function counted(count: number, what: string): string {
  return `${formatCount(count)} ${count === 1 ? what : `${what}s`}`;
}
