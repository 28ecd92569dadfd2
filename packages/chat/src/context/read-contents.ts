import type { Image } from '@pilotlight/contract';

import type { AttachmentRecord } from '../attachments/attachment-store.ts';
import { frameAttachments } from '../attachments/frame-attachments.ts';
import type { FramedText } from '../attachments/frame-attachments.ts';
import type { BranchMessage, ChatStore } from '../chat-store.ts';

/** A message of a branch with what is attached to it. */
export interface WholeMessage extends Pick<BranchMessage, 'id' | 'role'> {
  readonly content: string;
  readonly images: readonly NamedImage[];
}

export interface NamedImage extends Image {
  readonly name: string;
}

/** What stands in place of a file whose content is gone. */
const GONE = '(This file is no longer there.)';

/** The messages of a branch with the contents of their attachments, read at once. */
export async function readContents(store: Pick<ChatStore, 'promptContents'>, branch: readonly BranchMessage[]): Promise<WholeMessage[]> {
  const ids = [...new Set(branch.flatMap(({ attachments }) => attachments.map(({ id }) => id)))];
  const contents = new Map((ids.length === 0 ? [] : await store.promptContents(ids)).map((content) => [content.id, content]));
  return branch.map(({ id, role, content, attachments }) => {
    const texts: FramedText[] = [];
    const images: NamedImage[] = [];
    for (const attachment of attachments) {
      const found = contents.get(attachment.id);
      if (found?.image !== undefined) images.push(toImage(attachment, found.image));
      else texts.push({ name: attachment.name, text: found?.text?.replace(/^\uFEFF/, '') ?? GONE, note: toNote(attachment) });
    }
    return { id, role, content: frameAttachments(content, texts), images };
  });
}

function toImage({ name, mediaType }: AttachmentRecord, bytes: Uint8Array): NamedImage {
  // Only such a type is ever stored with an image.
  return { name, media_type: mediaType as Image['media_type'], data: Buffer.from(bytes).toString('base64') };
}

function toNote({ kind, pages, pagesRead }: AttachmentRecord): string | undefined {
  if (kind !== 'pdf' || pages === undefined) return undefined;
  const count = pages === 1 ? '1 page' : `${pages} pages`;
  return pagesRead === undefined || pagesRead === pages ? `PDF, ${count}` : `PDF, the first ${pagesRead} of ${count}`;
}
