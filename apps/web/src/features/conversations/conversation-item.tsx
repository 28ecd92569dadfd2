import type { ConversationSummary } from '@pilotlight/contract';
import { memo, useRef, useState } from 'react';

import { toPath } from '../../app/router.ts';
import { Flame } from '../../ui/flame.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Link } from '../../ui/link.tsx';
import { DeleteDialog } from './delete-dialog.tsx';
import { Marked } from '../search/marked.tsx';
import type { Mark } from '../search/to-pieces.ts';
import { titleWords } from './group-by-day.ts';
import { ItemMenu } from './item-menu.tsx';
import { RenameForm } from './rename-form.tsx';

interface ConversationItemProps {
  readonly conversation: ConversationSummary;
  /** The words of the title that were looked for. */
  readonly marks?: readonly Mark[];
  readonly isCurrent: boolean;
  readonly onLeave: () => void;
}

const NO_MARKS: readonly Mark[] = [];

/** One chat in the list: open, rename, delete; a flame while an answer is being written in it. */
export const ConversationItem = memo(function ConversationItem({
  conversation,
  marks = NO_MARKS,
  isCurrent,
  onLeave,
}: ConversationItemProps) {
  const [doing, setDoing] = useState<'nothing' | 'menu' | 'rename' | 'delete'>('nothing');
  const more = useRef<HTMLButtonElement>(null);
  const title = titleWords(conversation.title);
  function finish(): void {
    setDoing('nothing');
    more.current?.focus();
  }
  return (
    <li className={doing === 'nothing' ? 'conv' : 'conv open'}>
      {doing === 'rename' ? (
        <RenameForm conversation={conversation} onDone={finish} />
      ) : (
        <>
          <Link to={toPath(conversation.id)} className="nav" isCurrent={isCurrent} onFollow={onLeave}>
            <span dir="auto">
              <Marked text={title} marks={marks} />
            </span>
            {conversation.running_generation_id === undefined ? null : (
              <>
                <Flame phase="busy" />
                <span className="vh">an answer is being written</span>
              </>
            )}
          </Link>
          <button
            ref={more}
            type="button"
            className="btn quiet icon small more"
            aria-haspopup="menu"
            aria-expanded={doing === 'menu'}
            aria-label={`More for “${title}”`}
            onClick={() => setDoing(doing === 'menu' ? 'nothing' : 'menu')}
          >
            <Icon name="more" />
          </button>
        </>
      )}
      {doing === 'menu' ? (
        <ItemMenu
          conversation={conversation}
          anchor={more}
          onRename={() => setDoing('rename')}
          onDelete={() => setDoing('delete')}
          onClose={finish}
        />
      ) : null}
      {doing === 'delete' ? <DeleteDialog conversation={conversation} onDone={finish} /> : null}
    </li>
  );
});
