import type { ConversationSummary } from '@pilotlight/contract';
import type { RefObject } from 'react';

import { exportPath } from '../../api/api.ts';
import { Icon } from '../../ui/icon.tsx';
import { PopMenu } from '../../ui/pop-menu.tsx';
import { titleWords } from './group-by-day.ts';

interface ItemMenuProps {
  readonly conversation: ConversationSummary;
  readonly anchor: RefObject<HTMLElement | null>;
  readonly onRename: () => void;
  readonly onDelete: () => void;
  readonly onClose: () => void;
}

/** What one can do with a chat of the list. */
export function ItemMenu({ conversation, anchor, onRename, onDelete, onClose }: ItemMenuProps) {
  return (
    <PopMenu anchor={anchor} label={titleWords(conversation.title)} onClose={onClose}>
      <button type="button" role="menuitem" className="it" onClick={onRename}>
        <Icon name="edit" />
        Rename
      </button>
      <a role="menuitem" className="it" href={exportPath(conversation.id, 'markdown')} download="" onClick={onClose}>
        <Icon name="save" />
        Export as Markdown
      </a>
      <a role="menuitem" className="it" href={exportPath(conversation.id, 'json')} download="" onClick={onClose}>
        <Icon name="save" />
        Export as JSON
      </a>
      <button type="button" role="menuitem" className="it danger" onClick={onDelete}>
        <Icon name="trash" />
        Delete
      </button>
    </PopMenu>
  );
}
