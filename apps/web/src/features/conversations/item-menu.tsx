import type { ConversationSummary } from '@pilotlight/contract';
import type { RefObject } from 'react';

import { exportPath } from '../../api/api.ts';
import { Icon, type IconName } from '../../ui/icon.tsx';
import { PopMenu } from '../../ui/pop-menu.tsx';
import { titleWords } from './group-by-day.ts';

interface ItemMenuProps {
  readonly conversation: ConversationSummary;
  readonly anchor: RefObject<HTMLElement | null>;
  readonly onRename: () => void;
  readonly onFolder: () => void;
  readonly onPin: () => void;
  readonly onArchive: () => void;
  readonly onDelete: () => void;
  readonly onClose: () => void;
}

/** What one can do with a chat of the list. */
export function ItemMenu({ conversation, anchor, onClose, ...does }: ItemMenuProps) {
  const isPinned = conversation.pinned === true;
  const isArchived = conversation.archived === true;
  return (
    <PopMenu anchor={anchor} label={titleWords(conversation.title)} onClose={onClose}>
      <Item icon="edit" words="Rename" onDo={does.onRename} />
      {isArchived ? null : <Item icon="pin" words={isPinned ? 'Unpin' : 'Pin'} onDo={does.onPin} />}
      <Item icon="folder" words="Move to a folder" onDo={does.onFolder} />
      <Item icon="archive" words={isArchived ? 'Take out of the archive' : 'Archive'} onDo={does.onArchive} />
      <a role="menuitem" className="it" href={exportPath(conversation.id, 'markdown')} download="" onClick={onClose}>
        <Icon name="save" />
        Export as Markdown
      </a>
      <a role="menuitem" className="it" href={exportPath(conversation.id, 'json')} download="" onClick={onClose}>
        <Icon name="save" />
        Export as JSON
      </a>
      <Item icon="trash" words="Delete" isDanger onDo={does.onDelete} />
    </PopMenu>
  );
}

interface ItemProps {
  readonly icon: IconName;
  readonly words: string;
  readonly isDanger?: boolean;
  readonly onDo: () => void;
}

function Item({ icon, words, isDanger = false, onDo }: ItemProps) {
  return (
    <button type="button" role="menuitem" className={isDanger ? 'it danger' : 'it'} onClick={onDo}>
      <Icon name={icon} />
      {words}
    </button>
  );
}
