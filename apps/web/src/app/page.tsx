import { useEffect } from 'react';
import { flushSync } from 'react-dom';

import { SideBar } from '../features/conversations/side-bar.tsx';
import { titleWords } from '../features/conversations/group-by-day.ts';
import { ThreadPage } from '../features/thread/thread-page.tsx';
import { Icon } from '../ui/icon.tsx';
import { Announcer } from './announcer.tsx';
import { ConnectionBanner, NewerPageBanner } from './connection-banner.tsx';
import { useApp, useAppState } from './create-app.ts';
import { useDrawer } from './use-drawer.ts';
import { useFavicon } from './use-favicon.ts';
import { KeysDialog } from './keys-dialog.tsx';
import { useStore } from './store.ts';
import { TokenPage } from './token-page.tsx';

/** The whole page: list, bar, thread, composer. */
export function Page() {
  const needsToken = useAppState((state) => state.needsToken);
  return needsToken ? <TokenPage /> : <ChatPage />;
}

function ChatPage() {
  const { router } = useApp();
  const route = useStore(router.route, (value) => value);
  const conversationId = route.page === 'conversation' ? route.id : undefined;
  const { isOpen: isListOpen, open: openList, close: closeList, button: listButton } = useDrawer();
  const title = useTitle(conversationId);
  useFavicon(conversationId);
  useShortcuts(closeList);
  useFirstFocus();
  return (
    <div className={isListOpen ? 'app list' : 'app'}>
      <a className="skip btn" href="#message">
        To the message field
      </a>
      <SideBar onOpen={openList} onLeave={closeList} />
      {isListOpen ? <button type="button" className="drawer-scrim" tabIndex={-1} aria-hidden="true" onClick={closeList} /> : null}
      <main className="main" inert={isListOpen}>
        <header className="bar chat-bar">
          <button
            ref={listButton}
            type="button"
            className="btn quiet icon only-narrow"
            aria-label="Chats"
            aria-expanded={isListOpen}
            aria-controls="chats"
            onClick={openList}
          >
            <Icon name="menu" />
          </button>
          <div className="cols">
            <div className="m" />
            <h1 className="title" dir="auto">
              {title}
            </h1>
          </div>
        </header>
        <ConnectionBanner />
        <NewerPageBanner />
        {route.page === 'unknown' ? (
          <UnknownPage path={route.path} />
        ) : (
          <ThreadPage key={conversationId ?? 'new'} conversationId={conversationId} />
        )}
      </main>
      <KeysDialog />
      <Announcer />
    </div>
  );
}

function useTitle(conversationId: string | undefined): string {
  const { router } = useApp();
  const route = useStore(router.route, (value) => value);
  const known = useAppState((state) => {
    if (conversationId === undefined) return undefined;
    return state.views[conversationId]?.title ?? state.conversations?.find(({ id }) => id === conversationId)?.title;
  });
  const title = route.page === 'unknown' ? 'Nothing here' : titleWords(known);
  useEffect(() => {
    document.title = `${title} · Pilotlight`;
  }, [title]);
  return title;
}

/** A page that is opened to begin a chat can be typed into at once, where that brings up no keyboard. Nothing else moves the focus by itself. */
function useFirstFocus(): void {
  const { router } = useApp();
  useEffect(() => {
    if (router.route.get().page !== 'new' || document.activeElement !== document.body) return;
    if (matchMedia('(pointer: fine)').matches) document.querySelector<HTMLElement>('#message')?.focus({ preventScroll: true });
  }, [router]);
}

function useShortcuts(onNewChat: () => void): void {
  const { router } = useApp();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (!(event.ctrlKey || event.metaKey) || !event.shiftKey || event.key.toLowerCase() !== 'o') return;
      event.preventDefault();
      // What is under an open list cannot have the focus before it is closed.
      flushSync(() => {
        router.go('/');
        onNewChat();
      });
      document.querySelector<HTMLElement>('#message')?.focus();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  });
}

function UnknownPage({ path }: { readonly path: string }) {
  const { router } = useApp();
  return (
    <div className="page">
      <div className="cols">
        <div className="m">nothing here</div>
        <div>
          <h2>There is no page at this address</h2>
          <p className="lead">
            <code>{path}</code>
          </p>
          <div className="btns mt-5">
            <button type="button" className="btn primary" onClick={() => router.go('/')}>
              New chat
            </button>
          </div>
        </div>
      </div>
    </div>
  );
}
