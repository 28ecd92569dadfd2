import type { Attachment } from '@pilotlight/contract';
import { memo } from 'react';

import { useNow } from '../../app/ports.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatExact, formatTime } from '../../ui/format.ts';
import { Icon } from '../../ui/icon.tsx';
import { AttachmentChips } from '../attachments/attachment-chips.tsx';
import { showHidden } from '../markdown/safe-link.ts';
import type { ThreadEntry } from './tree.ts';
import { Versions } from './versions.tsx';

interface QuestionProps {
  readonly conversationId: string;
  readonly entry: ThreadEntry;
  readonly onEdit: (messageId: string) => void;
}

const MINUTE_MS = 60_000;
const NONE: readonly Attachment[] = [];

/** One question: a line of text under a hairline, so that a thread scans like a document with headings. */
export const Question = memo(function Question({ conversationId, entry, onEdit }: QuestionProps) {
  const { message, versions } = entry;
  const now = useNow(MINUTE_MS);
  return (
    <article className="turn ask cols" data-message={message.id}>
      <div className="m">
        <span className="who">You</span>
        <span className="facts">
          <time className="keep" dateTime={message.created_at} title={formatExact(message.created_at)}>
            {formatTime(message.created_at, now)}
          </time>
        </span>
      </div>
      <div className="min-w-0">
        <h2 className="says" dir="auto">
          {showHidden(message.content)}
        </h2>
        <AttachmentChips attachments={message.attachments ?? NONE} />
        <div className={versions.length > 1 ? 'acts kept' : 'acts'}>
          <CopyButton text={() => message.content} label="Copy" className="btn quiet icon small" />
          <button type="button" className="btn quiet icon small" aria-label="Edit" title="Edit" onClick={() => onEdit(message.id)}>
            <Icon name="edit" />
          </button>
          <Versions conversationId={conversationId} entry={entry} />
        </div>
      </div>
    </article>
  );
});
