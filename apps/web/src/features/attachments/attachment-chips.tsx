import type { Attachment } from '@pilotlight/contract';
import type { CSSProperties } from 'react';

import { formatBytes, formatPercent } from '../../ui/format.ts';
import { Icon } from '../../ui/icon.tsx';
import { attachmentWords } from './attachment-words.ts';
import type { PendingAttachment } from './pending-attachment.ts';

/** What is attached to the message that is being written; each says how far it is, and can be taken off. */
export function PendingChips({
  pending,
  onRemove,
}: {
  readonly pending: readonly PendingAttachment[];
  readonly onRemove: (key: string) => void;
}) {
  if (pending.length === 0) return null;
  return (
    <ul className="chips" aria-label="Attached">
      {pending.map((one) => (
        <li key={one.key} className={one.kind === 'refused' ? 'chip no' : 'chip'}>
          <Icon name="clip" size={14} />
          <span className="nm" title={one.name}>
            {one.name}
          </span>
          <span className="w" role={one.kind === 'refused' ? 'alert' : undefined}>
            {pendingWords(one)}
          </span>
          {one.kind === 'uploading' ? (
            <span className="meter" style={{ '--p': Math.round(one.share * 100) } as CSSProperties} aria-hidden="true">
              <i />
            </span>
          ) : null}
          <button
            type="button"
            className="btn quiet icon small"
            aria-label={`Take off ${one.name}`}
            title="Take it off"
            onClick={() => onRemove(one.key)}
          >
            <Icon name="close" size={14} />
          </button>
        </li>
      ))}
    </ul>
  );
}

function pendingWords(one: PendingAttachment): string {
  switch (one.kind) {
    case 'uploading':
      return one.share < 1 ? `${formatPercent(one.share)} of ${formatBytes(one.bytes)}` : 'being read';
    case 'here':
      return attachmentWords(one.attachment);
    case 'refused':
      return one.words;
  }
}

/** What was attached to a question of the thread. */
export function AttachmentChips({ attachments }: { readonly attachments: readonly Attachment[] }) {
  if (attachments.length === 0) return null;
  return (
    <ul className="chips" aria-label="Attached">
      {attachments.map((attachment) => (
        <li key={attachment.id}>
          <a className="chip" href={contentPath(attachment.id)} target="_blank" rel="noopener noreferrer">
            {attachment.kind === 'image' ? (
              <img src={contentPath(attachment.id)} alt="" width={40} height={40} loading="lazy" />
            ) : (
              <Icon name="clip" size={14} />
            )}
            <span className="nm" title={attachment.name}>
              {attachment.name}
            </span>
            <span className="w">{attachmentWords(attachment)}</span>
          </a>
        </li>
      ))}
    </ul>
  );
}

function contentPath(id: string): string {
  return `/api/attachments/${encodeURIComponent(id)}/content`;
}
