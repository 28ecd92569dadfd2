import type { MessageView } from '@pilotlight/contract';
import { useEffect, useMemo, useRef, useState } from 'react';

import { lastMessage, useApp, useAppState } from '../../app/create-app.ts';
import { Icon } from '../../ui/icon.tsx';
import { Composer } from '../composer/composer.tsx';
import type { Outgoing } from '../composer/outgoing.ts';
import { useDraft } from '../composer/use-draft.ts';
import { FirstRun } from '../first-run/first-run.tsx';
import { useCurrentModel } from '../models/use-current-model.ts';
import { FailureNote } from './failure-note.tsx';
import { ThreadView } from './thread-view.tsx';
import { threadOf, type ThreadEntry } from './tree.ts';
import { useAnnouncements } from './use-announcements.ts';
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
  const running = view?.messages.find(({ state }) => state === 'running');
  const model = useCurrentModel(conversationId, thread);
  const { draft, field, editing, edit, endEdit, send, takeBack } = useWriting(conversationId, { thread, outgoing, model });
  const isLoaded = conversationId === undefined || view !== undefined;
  const scroll = useThreadScroll(conversationId ?? '', isLoaded);
  useAnnouncements(thread.at(-1)?.message);
  useReading(conversationId);

  return (
    <div className="scroll" ref={scroll.scroller} tabIndex={-1}>
      <div className="thread">
        {conversationId === undefined ? <FirstRun /> : null}
        {conversationId === undefined ? null : (
          <ThreadView conversationId={conversationId} thread={thread} outgoing={outgoing} onEdit={edit} onTakeBack={takeBack} />
        )}
        {conversationId === undefined ? null : <FailureNote conversationId={conversationId} />}
      </div>
      <div className="composer-pad">
        {scroll.isAttached ? null : (
          <div className="cols jump-row">
            <div />
            <div className="box-wrap">
              <button type="button" className="btn small jump" onClick={scroll.attach}>
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
          onEditLast={() => edit(lastQuestion(thread)?.id)}
          onEditEnd={endEdit}
          onSend={(text) => {
            send(text);
            scroll.attach();
          }}
          text={draft.text}
          onText={draft.write}
          field={field}
        />
      </div>
    </div>
  );

  function useReading(id: string | undefined): void {
    useEffect(() => {
      if (id !== undefined && app.store.get().views[id] === undefined) void app.conversations.read(id);
    }, [id]);
  }
}

function lastQuestion(thread: readonly ThreadEntry[]): MessageView | undefined {
  return thread.findLast(({ message }) => message.role === 'user')?.message;
}

interface WritingContext {
  readonly thread: readonly ThreadEntry[];
  readonly outgoing: readonly Outgoing[];
  readonly model: string | undefined;
}

/** The composer's text, and the question that is edited in it, if any. */
function useWriting(conversationId: string | undefined, { thread, outgoing, model }: WritingContext) {
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
      fill(taken.text);
    },
  };
}
