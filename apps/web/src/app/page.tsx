import { lazy, Suspense, useEffect, useRef, type RefObject } from 'react';
import { flushSync } from 'react-dom';

import { SideBar } from '../features/conversations/side-bar.tsx';
import { UndoToast } from '../features/conversations/undo-toast.tsx';
import { titleWords } from '../features/conversations/group-by-day.ts';
import { ThreadPage } from '../features/thread/thread-page.tsx';
import { Icon } from '../ui/icon.tsx';
import { Announcer } from './announcer.tsx';
import { ConnectionBanner, HeldBackBanner, NewerPageBanner } from './connection-banner.tsx';
import { useApp, useAppState } from './create-app.ts';
import { useDrawer } from './use-drawer.ts';
import { useFavicon } from './use-favicon.ts';
import { KeysDialog } from './keys-dialog.tsx';
import { useStore } from './store.ts';
import { StorageBanner } from './storage-banner.tsx';

// What most people open seldom does not come with the first load.
const DetailsPanel = lazy(async () => ({ default: (await import('../features/details/details-panel.tsx')).DetailsPanel }));

const TokenPage = lazy(async () => ({ default: (await import('./token-page.tsx')).TokenPage }));

/** The whole page: list, bar, thread, composer. */
export function Page() {
  const needsToken = useAppState((state) => state.needsToken);
  return needsToken ? (
    <Suspense fallback={null}>
      <TokenPage />
    </Suspense>
  ) : (
    <ChatPage />
  );
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
  const { panel, button: panelButton } = usePanel();
  const classes = ['app', ...(isListOpen ? ['list'] : []), ...(panel === undefined ? [] : ['with-panel'])];
  return (
    <div className={classes.join(' ')}>
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
          <BarActions conversationId={conversationId} isKnown={route.page !== 'unknown'} panelButton={panelButton} />
        </header>
        <ConnectionBanner />
        <NewerPageBanner />
        <StorageBanner />
        <HeldBackBanner />
        {route.page === 'unknown' ? (
          <UnknownPage path={route.path} />
        ) : (
          <ThreadPage key={conversationId ?? 'new'} conversationId={conversationId} />
        )}
      </main>
      {panel === undefined ? null : (
        <Suspense fallback={null}>
          <DetailsPanel conversationId={conversationId} />
        </Suspense>
      )}
      <UndoToast />
      <KeysDialog />
      <Announcer />
    </div>
  );
}

/** Where the focus was before the panel was opened has it again when it is closed. */
function usePanel() {
  const panel = useAppState((state) => state.panel);
  const button = useRef<HTMLButtonElement>(null);
  const isOpen = panel !== undefined;
  useEffect(() => {
    if (!isOpen) return undefined;
    const before =
      document.activeElement instanceof HTMLElement && document.activeElement !== document.body ? document.activeElement : null;
    const opener = button.current;
    return () => {
      const target = before?.isConnected === true ? before : opener;
      target?.focus({ preventScroll: true });
    };
  }, [isOpen]);
  return { panel, button };
}

interface BarActionsProps {
  readonly conversationId: string | undefined;
  readonly isKnown: boolean;
  readonly panelButton: RefObject<HTMLButtonElement | null>;
}

/** At the end of the bar: whether a new chat is temporary, and the details. */
function BarActions({ conversationId, isKnown, panelButton }: BarActionsProps) {
  const app = useApp();
  const isOpen = useAppState((state) => state.panel !== undefined);
  const isNewTemporary = useAppState((state) => state.newChat.isTemporary);
  if (!isKnown) return null;
  return (
    <div className="acts-r">
      {conversationId === undefined ? (
        <button
          type="button"
          className="btn quiet icon"
          aria-pressed={isNewTemporary}
          aria-label="Temporary chat"
          title="Temporary chat: in no list, no search, no export, and gone with this tab"
          onClick={() => app.settings.setTemporary(!isNewTemporary)}
        >
          <Icon name="temporary" />
        </button>
      ) : null}
      <button
        ref={panelButton}
        type="button"
        className="btn quiet icon"
        aria-expanded={isOpen}
        aria-label="Details"
        title="Details: receipt, context, settings of this chat"
        onClick={() => app.showPanel(isOpen ? undefined : { part: 'receipt' })}
      >
        <Icon name="panel" />
      </button>
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
