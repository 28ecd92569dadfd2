import type { MessageView } from '@pilotlight/contract';
import { useCallback, useEffect, useMemo, useRef, useState, type RefObject } from 'react';

import { lastMessage, useApp, useAppState } from '../../app/create-app.ts';
import { Icon } from '../../ui/icon.tsx';
import { Composer } from '../composer/composer.tsx';
import type { Outgoing } from '../composer/outgoing.ts';
import { useContextWords } from '../composer/use-context-words.ts';
import { useDraft, type Draft } from '../composer/use-draft.ts';
import { FirstRun } from '../first-run/first-run.tsx';
import { useCurrentModel } from '../models/use-current-model.ts';
import { FailureNote } from './failure-note.tsx';
import { TemporaryNote } from './temporary-note.tsx';
import { ThreadView } from './thread-view.tsx';
import { runningAnswer, threadOf, type ThreadEntry } from './tree.ts';
import { useAnnouncements } from './use-announcements.ts';
import { useJump } from './use-jump.ts';
import { useThreadScroll } from './use-thread-scroll.ts';

const NOTHING_ON_ITS_WAY: readonly Outgoing[] = [];

/** One conversation with its composer; `conversationId` undefined is a new one. Mount anew for another conversation. */
export function ThreadPage({ conversationId }: { readonly conversationId: string | undefined }) {
  const app = useApp();
  const view = useAppState((state) => (conversationId === undefined ? undefined : state.views[conversationId]));
  const outbox = useAppState((state) => state.outbox);
  const outgoing = useMemo(() => {
    const here = outbox.filter((candidate) => candidate.conversationId === conversationId);
    return here.length === 0 ? NOTHING_ON_ITS_WAY : here;
  }, [outbox, conversationId]);
  const thread = useMemo(() => (view === undefined ? [] : threadOf(view.messages, view.head_id)), [view]);
  const running = runningAnswer(thread);
  const model = useCurrentModel(conversationId, thread);
  const { draft, field, editing, edit, endEdit, send, takeBack } = useWriting(conversationId, { thread, outgoing, model });
  const context = useContextWords({ conversationId, thread, model, text: draft.text });
  const stableEdit = useStable(edit);
  const stableTakeBack = useStable(takeBack);
  // A new chat has no newest words; its page begins at its beginning.
  const { scroller, isAttached, attach, show } = useThreadScroll(conversationId ?? '', view !== undefined);
  useJump(conversationId, thread, show);
  useAnnouncements(thread.at(-1)?.message);
  useReading(conversationId);

  return (
    <div className="scroll" ref={scroller} tabIndex={-1}>
      <div className="thread">
        <TemporaryNote conversationId={conversationId} />
        {conversationId === undefined ? <FirstRun /> : null}
        {conversationId === undefined ? null : (
          <ThreadView conversationId={conversationId} thread={thread} outgoing={outgoing} onEdit={stableEdit} onTakeBack={stableTakeBack} />
        )}
        {conversationId === undefined ? null : <FailureNote conversationId={conversationId} />}
      </div>
      <div className="composer-pad">
        {isAttached ? null : (
          <div className="cols jump-row">
            <div />
            <div className="box-wrap">
              <button type="button" className="btn small jump" onClick={attach}>
                <Icon name="down" size={14} />
                {running === undefined ? 'To the end' : 'Newest words'}
              </button>
            </div>
          </div>
        )}
        <Composer
          conversationId={conversationId}
          model={model}
          running={running}
          editing={editing}
          context={context}
          onSettings={() => app.showPanel({ part: 'settings' })}
          onEditLast={() => edit(lastQuestion(thread)?.id)}
          onEditEnd={endEdit}
          onSend={(text) => {
            send(text);
            attach();
          }}
          text={draft.text}
          onText={draft.write}
          field={field}
        />
      </div>
    </div>
  );
}

/** A function that stays the same and calls the newest one, so that typing does not render the thread again. */
function useStable<Argument>(newest: (argument: Argument) => void): (argument: Argument) => void {
  const latest = useRef(newest);
  useEffect(() => {
    latest.current = newest;
  });
  return useCallback((argument) => latest.current(argument), []);
}

/** Reads a conversation that is not here yet, and is not being read to jump into it. */
function useReading(id: string | undefined): void {
  const { store, conversations } = useApp();
  useEffect(() => {
    const { views, jump } = store.get();
    if (id !== undefined && views[id] === undefined && jump?.conversationId !== id) void conversations.readOnce(id);
  }, [id, store, conversations]);
}

function lastQuestion(thread: readonly ThreadEntry[]): MessageView | undefined {
  return thread.findLast(({ message }) => message.role === 'user')?.message;
}

interface Writing {
  readonly draft: Draft;
  readonly field: RefObject<HTMLTextAreaElement | null>;
  readonly editing: MessageView | undefined;
  readonly edit: (messageId: string | undefined) => void;
  readonly endEdit: () => void;
  readonly send: (text: string) => void;
  readonly takeBack: (outgoing: Outgoing) => void;
}

interface WritingContext {
  readonly thread: readonly ThreadEntry[];
  readonly outgoing: readonly Outgoing[];
  readonly model: string | undefined;
}

/** The composer's text, and the question that is edited in it, if any. */
function useWriting(conversationId: string | undefined, { thread, outgoing, model }: WritingContext): Writing {
  const app = useApp();
  const draft = useDraft(conversationId);
  const field = useRef<HTMLTextAreaElement>(null);
  const [editing, setEditing] = useState<MessageView>();

  function fill(text: string): void {
    draft.write(text);
    field.current?.focus();
  }

  return {
    draft,
    field,
    editing,
    edit(messageId: string | undefined) {
      const message = thread.find((entry) => entry.message.id === messageId)?.message;
      if (message === undefined) return;
      setEditing(message);
      fill(message.content);
    },
    endEdit() {
      setEditing(undefined);
      fill('');
    },
    send(text: string) {
      const parentId = editing === undefined ? (outgoing.at(-1)?.messageId ?? lastMessage(thread)?.id) : editing.parent_id;
      app.send({ conversationId, text, parentId, model });
      setEditing(undefined);
      draft.leave();
    },
    takeBack(taken: Outgoing) {
      app.outbox.takeBack(taken.messageId);
      if (taken.attachments !== undefined) app.attachments.putBack(conversationId, taken.attachments);
      fill(taken.text);
    },
  };
}
