import type { ConversationSummary } from '@pilotlight/contract';
import { lazy, memo, Suspense, useRef, useState } from 'react';

import { announce } from '../../app/announcer.tsx';
import { useApp, useAppState } from '../../app/create-app.ts';
import { toPath } from '../../app/router.ts';
import { useAway } from '../../app/use-away.ts';
import { Flame } from '../../ui/flame.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Link } from '../../ui/link.tsx';
import { findModel } from '../models/models-state.ts';
import { Marked } from '../search/marked.tsx';
import type { Mark } from '../search/to-pieces.ts';
import { titleWords } from './group-by-day.ts';
import { ItemMenu } from './item-menu.tsx';
import { RenameForm } from './rename-form.tsx';
import { runningMark } from './running-flame.ts';

interface ConversationItemProps {
  readonly conversation: ConversationSummary;
  /** The words of the title that were looked for. */
  readonly marks?: readonly Mark[];
  readonly isCurrent: boolean;
  readonly onLeave: () => void;
}

const FolderDialog = lazy(async () => ({ default: (await import('./folder-dialog.tsx')).FolderDialog }));
const NO_MARKS: readonly Mark[] = [];

/** One chat in the list: open it, and all that its menu has; a flame while an answer is under way in it. */
export const ConversationItem = memo(function ConversationItem({
  conversation,
  marks = NO_MARKS,
  isCurrent,
  onLeave,
}: ConversationItemProps) {
  const [doing, setDoing] = useState<'nothing' | 'menu' | 'rename' | 'folder'>('nothing');
  const more = useRef<HTMLButtonElement>(null);
  const title = titleWords(conversation.title);
  function finish(): void {
    setDoing('nothing');
    more.current?.focus();
  }
  const { failure, forget, ...does } = useItemActions(conversation, finish);
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
              <RunningFlame conversationId={conversation.id} generation={conversation.running_generation_id} />
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
          onFolder={() => setDoing('folder')}
          onClose={finish}
          {...does}
        />
      ) : null}
      {doing === 'folder' ? (
        <Suspense fallback={null}>
          <FolderDialog conversation={conversation} onDone={finish} />
        </Suspense>
      ) : null}
      {failure === undefined ? null : <NotChanged failure={failure} onHide={forget} />}
    </li>
  );
});

function NotChanged({ failure, onHide }: { readonly failure: string; readonly onHide: () => void }) {
  return (
    <p className="err" role="alert">
      Not changed: {failure}{' '}
      <button type="button" className="linkish" onClick={onHide}>
        Hide this
      </button>
    </p>
  );
}

/** What the menu does at once, and why it failed the last time, if it did. */
function useItemActions(conversation: ConversationSummary, finish: () => void) {
  const { conversations: actions } = useApp();
  const [failure, setFailure] = useState<string>();
  const { id, pinned: isPinned = false, archived: isArchived = false } = conversation;
  const title = titleWords(conversation.title);
  async function run(action: Promise<string | undefined>, done?: string): Promise<void> {
    finish();
    const failed = await action;
    setFailure(failed);
    if (failed === undefined && done !== undefined) announce(done);
  }
  return {
    failure,
    forget: () => setFailure(undefined),
    onPin: () => void run(actions.change(id, { pinned: !isPinned }), isPinned ? `“${title}” is no longer pinned` : `“${title}” is pinned`),
    onArchive: () =>
      void run(
        actions.change(id, { archived: !isArchived }),
        isArchived ? `“${title}” is in the list again` : `“${title}” is in the archive`,
      ),
    onDelete: () => void run(actions.remove(id)),
  };
}

interface RunningFlameProps {
  readonly conversationId: string;
  readonly generation: string;
}

function RunningFlame({ conversationId, generation }: RunningFlameProps) {
  const phase = useAppState((state) => state.answers[generation]?.phase);
  const hasText = useAppState((state) => (state.answers[generation]?.segments.length ?? 0) > 0);
  const model = useAppState((state) => {
    const message = state.views[conversationId]?.messages.find(({ generation_id: id }) => id === generation);
    return findModel(state.models, message?.model ?? state.chosenModels[conversationId]);
  });
  const isAway = useAway();
  const { flame, words } = runningMark({ phase, hasText, model, isAway });
  return (
    <>
      <Flame {...flame} />
      <span className="vh">{words}</span>
    </>
  );
}
