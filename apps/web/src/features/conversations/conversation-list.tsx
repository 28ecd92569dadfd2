import type { ConversationSummary } from '@pilotlight/contract';
import { useMemo, useState } from 'react';

import { useApp, useAppState } from '../../app/create-app.ts';
import { useNow } from '../../app/ports.ts';
import { useStore } from '../../app/store.ts';
import { Icon } from '../../ui/icon.tsx';
import { ConversationItem } from './conversation-item.tsx';
import { toSections } from './list-sections.ts';

const MINUTE_MS = 60_000;
const NONE: readonly ConversationSummary[] = [];

/** All chats: pinned ones, folders, then by day; the archive at the foot. */
export function ConversationList({ onLeave }: { readonly onLeave: () => void }) {
  const { conversations: actions } = useApp();
  const conversations = useAppState((state) => state.conversations);
  const folders = useAppState((state) => state.folders);
  const hasMore = useAppState((state) => state.moreBefore !== null);
  const now = useNow(MINUTE_MS);
  const sections = useMemo(() => toSections(conversations ?? NONE, folders, now), [conversations, folders, now]);
  return (
    <>
      {conversations?.length === 0 && folders.length === 0 ? <p className="none">No chats yet.</p> : null}
      <Group title="Pinned" conversations={sections.pinned} onLeave={onLeave} />
      {sections.folders.map((folder) => (
        <Fold
          key={folder.name}
          title={folder.name}
          icon="folder"
          conversations={folder.conversations}
          none="Nothing but pinned or archived chats is in it."
          onOpen={() => actions.readFolder(folder.name)}
          onLeave={onLeave}
        />
      ))}
      {sections.days.map((group) => (
        <Group key={group.title} title={group.title} conversations={group.conversations} onLeave={onLeave} />
      ))}
      {hasMore ? (
        <button type="button" className="btn quiet small" onClick={() => void actions.readMore()}>
          Older chats
        </button>
      ) : null}
      {conversations === undefined ? null : <Archive onLeave={onLeave} />}
    </>
  );
}

interface GroupProps {
  readonly title: string;
  readonly conversations: readonly ConversationSummary[];
  readonly onLeave: () => void;
}

function Group({ title, conversations, onLeave }: GroupProps) {
  if (conversations.length === 0) return null;
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <Items conversations={conversations} onLeave={onLeave} />
    </section>
  );
}

function Items({ conversations, onLeave }: Omit<GroupProps, 'title'>) {
  const { router } = useApp();
  const route = useStore(router.route, (value) => value);
  return (
    <ul>
      {conversations.map((conversation) => (
        <ConversationItem
          key={conversation.id}
          conversation={conversation}
          isCurrent={route.page === 'conversation' && route.id === conversation.id}
          onLeave={onLeave}
        />
      ))}
    </ul>
  );
}

function Archive({ onLeave }: { readonly onLeave: () => void }) {
  const { conversations: actions } = useApp();
  const archived = useAppState((state) => state.archived);
  return (
    <Fold
      title="Archive"
      icon="archive"
      conversations={archived ?? NONE}
      none="No chat is archived."
      onOpen={() => actions.readArchived()}
      onLeave={onLeave}
    />
  );
}

interface FoldProps extends GroupProps {
  readonly icon: 'folder' | 'archive';
  /** Said where nothing is in it. */
  readonly none: string;
  /** Reads what is in it. */
  readonly onOpen: () => Promise<void>;
}

/** A part of the list that is opened on demand, and read then. */
function Fold({ title, icon, conversations, none, onOpen, onLeave }: FoldProps) {
  const [isOpen, setOpen] = useState(false);
  const [isRead, setRead] = useState(false);
  function toggle(): void {
    setOpen(!isOpen);
    if (!isOpen) void onOpen().then(() => setRead(true));
  }
  return (
    <section aria-label={title} className="fold-list">
      <h2>
        <button type="button" className="nav" aria-expanded={isOpen} onClick={toggle}>
          <Icon name={icon} size={14} />
          <span dir="auto">{title}</span>
        </button>
      </h2>
      {isOpen ? <Items conversations={conversations} onLeave={onLeave} /> : null}
      {isOpen && isRead && conversations.length === 0 ? <p className="none">{none}</p> : null}
    </section>
  );
}
