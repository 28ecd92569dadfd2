import { useEffect, useRef, useState } from 'react';

import { useApp, useAppState } from '../../app/create-app.ts';
import { useNow } from '../../app/ports.ts';
import { useStore } from '../../app/store.ts';
import { ThemeButton } from '../../app/theme-button.tsx';
import { Flame } from '../../ui/flame.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Link } from '../../ui/link.tsx';
import { MemoryFoot } from '../models/memory-foot.tsx';
import { ConversationItem } from './conversation-item.tsx';
import { filterByTitle, groupByDay } from './group-by-day.ts';

const MINUTE_MS = 60_000;

/** All conversations, a new one, and what is in memory. Below 1100 px it is a drawer, on a phone a page of its own. */
export function SideBar({ onLeave }: { readonly onLeave: () => void }) {
  const { router } = useApp();
  const route = useStore(router.route, (value) => value);
  const [query, setQuery] = useState('');
  const search = useSearchKey();
  return (
    <nav className="side" id="chats" aria-label="Chats">
      <div className="side-top">
        <Link to="/" className="brand" onFollow={onLeave}>
          <Flame phase="ready" size={18} />
          Pilotlight
        </Link>
        <div className="flex">
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
      <div className="find">
        <Icon name="search" />
        <input
          ref={search}
          type="search"
          placeholder="Search titles"
          aria-label="Search titles"
          value={query}
          onChange={(event) => setQuery(event.target.value)}
        />
        <kbd>Ctrl K</kbd>
      </div>
      <ConversationList query={query} onLeave={onLeave} />
      <MemoryFoot />
    </nav>
  );
}

function useSearchKey() {
  const search = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey || event.key.toLowerCase() !== 'k') return;
      if (search.current?.offsetParent === null) return;
      event.preventDefault();
      search.current?.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return search;
}

function ConversationList({ query, onLeave }: { readonly query: string; readonly onLeave: () => void }) {
  const { router, conversations: actions } = useApp();
  const conversations = useAppState((state) => state.conversations);
  const hasMore = useAppState((state) => state.moreBefore !== null);
  const route = useStore(router.route, (value) => value);
  const now = useNow(MINUTE_MS);
  const found = filterByTitle(conversations ?? [], query);
  return (
    <div className="convs">
      {conversations !== undefined && found.length === 0 ? (
        <p className="none">{query === '' ? 'No chats yet.' : `No title has “${query}” in it.`}</p>
      ) : null}
      {groupByDay(found, now).map((group) => (
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
    </div>
  );
}
