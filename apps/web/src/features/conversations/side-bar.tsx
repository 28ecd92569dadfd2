import { useRef } from 'react';

import { useApp } from '../../app/create-app.ts';
import { useStore } from '../../app/store.ts';
import { ThemeButton } from '../../app/theme-button.tsx';
import { Flame } from '../../ui/flame.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Link } from '../../ui/link.tsx';
import { MemoryFoot } from '../models/memory-foot.tsx';
import { SearchField } from '../search/search-field.tsx';
import { SearchResults } from '../search/search-results.tsx';
import { useHitKeys } from '../search/use-hit-keys.ts';
import { ConversationList } from './conversation-list.tsx';
import { ListMenu } from './list-menu.tsx';

interface SideBarProps {
  readonly onOpen: () => void;
  readonly onLeave: () => void;
}

/** All conversations, the search through them, a new one, and what is in memory. Below 1100 px it is a drawer, on a phone a page of its own. */
export function SideBar({ onOpen, onLeave }: SideBarProps) {
  const { router, search } = useApp();
  const route = useStore(router.route, (value) => value);
  const isSearching = useStore(search.state, ({ query }) => query.trim() !== '');
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLElement>(null);
  useHitKeys(search, { list, field });
  return (
    <nav className="side" id="chats" aria-label="Chats">
      <div className="side-top">
        <Link to="/" className="brand" onFollow={onLeave}>
          <Flame phase="ready" size={18} />
          Pilotlight
        </Link>
        <div className="flex items-center">
          <ListMenu onLeave={onLeave} />
          <ThemeButton />
          <button type="button" className="btn quiet icon only-drawer" aria-label="Close the list" title="Close the list" onClick={onLeave}>
            <Icon name="close" />
          </button>
        </div>
      </div>
      <Link to="/" className="nav" isCurrent={route.page === 'new'} onFollow={onLeave}>
        <Icon name="new-chat" />
        <span>New chat</span>
        <kbd>Ctrl ⇧ O</kbd>
      </Link>
      <search ref={list}>
        <SearchField field={field} onOpen={onOpen} />
        <div className="convs">{isSearching ? <SearchResults onLeave={onLeave} /> : <ConversationList onLeave={onLeave} />}</div>
      </search>
      <MemoryFoot />
    </nav>
  );
}
