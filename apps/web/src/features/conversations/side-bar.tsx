import { useRef } from 'react';

import { useApp, useAppState } from '../../app/create-app.ts';
import { useNow } from '../../app/ports.ts';
import { useStore } from '../../app/store.ts';
import { ThemeButton } from '../../app/theme-button.tsx';
import { Flame } from '../../ui/flame.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Link } from '../../ui/link.tsx';
import { MemoryFoot } from '../models/memory-foot.tsx';
import { SearchField } from '../search/search-field.tsx';
import { SearchResults } from '../search/search-results.tsx';
import { useHitKeys } from '../search/use-hit-keys.ts';
import { ConversationItem } from './conversation-item.tsx';
import { groupByDay } from './group-by-day.ts';
import { ListMenu } from './list-menu.tsx';

const MINUTE_MS = 60_000;

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

function ConversationList({ onLeave }: { readonly onLeave: () => void }) {
  const { router, conversations: actions } = useApp();
  const conversations = useAppState((state) => state.conversations);
  const hasMore = useAppState((state) => state.moreBefore !== null);
  const route = useStore(router.route, (value) => value);
  const now = useNow(MINUTE_MS);
  return (
    <>
      {conversations?.length === 0 ? <p className="none">No chats yet.</p> : null}
      {groupByDay(conversations ?? [], now).map((group) => (
        <section key={group.title} aria-label={group.title}>
          <h2>{group.title}</h2>
          <ul>
            {group.conversations.map((conversation) => (
              <ConversationItem
                key={conversation.id}
                conversation={conversation}
                isCurrent={route.page === 'conversation' && route.id === conversation.id}
                onLeave={onLeave}
              />
            ))}
          </ul>
        </section>
      ))}
      {hasMore ? (
        <button type="button" className="btn quiet small" onClick={() => void actions.readMore()}>
          Older chats
        </button>
      ) : null}
    </>
  );
}
