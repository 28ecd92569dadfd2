import type { Attachment, MessageView, PostMessage } from '@pilotlight/contract';

import { toRetryDelay } from '../../api/follow-stream.ts';
import { RequestRefused } from '../../api/http.ts';
import { toFailure, type Core } from '../../app/core.ts';
import type { KeptTexts } from '../../app/ports.ts';
import type { AnswerActions } from '../thread/answer-actions.ts';
import {
  afterAccepted,
  afterTakenBack,
  followsAnother,
  restoreOutbox,
  setOutgoingState,
  type Outgoing,
  type OutgoingState,
} from './outgoing.ts';

const KEY = 'pilotlight.outbox';

/**
 * Messages on their way. Each is posted until the server has said yes or no, always under the same id; a reload of the tab goes on with it. One that was
 * written after another is held until that one has its answer, and goes on from there.
 */
export interface Outbox {
  send(message: Omit<Outgoing, 'messageId' | 'createdAt' | 'state'>): void;
  /** Posts again what waits: because the server is back, an answer has ended, or somebody asked. */
  flush(wakes: (outgoing: Outgoing) => boolean): void;
  /** Takes a message back that the server has refused or not got. Returns its text. */
  takeBack(messageId: string): void;
  /** What an earlier life of this tab had on its way. */
  restore(): void;
}

export interface OutboxEvents {
  /** The server has a message that was typed there. */
  readonly onSent: (draftOf: string | undefined) => void;
}

export function createOutbox(core: Core, answers: AnswerActions, events: OutboxEvents): Outbox {
  const { store, ports } = core;
  const posting = new Set<string>();

  function change(edit: (outbox: readonly Outgoing[]) => readonly Outgoing[]): void {
    store.update((state) => ({ ...state, outbox: edit(state.outbox) }));
    keep(ports.keptInTab, store.get().outbox);
  }

  function setState(outgoing: Outgoing, state: OutgoingState): void {
    change((outbox) => setOutgoingState(outbox, outgoing.messageId, state));
  }

  async function post(outgoing: Outgoing): Promise<void> {
    if (posting.has(outgoing.messageId)) return;
    if (followsAnother(store.get().outbox, outgoing)) return setState(outgoing, { kind: 'held' });
    posting.add(outgoing.messageId);
    setState(outgoing, { kind: 'sending' });
    try {
      const accepted = await core.api.postMessage(outgoing.conversationId, toPost(outgoing));
      core.drafts.settle(outgoing.draftOf, outgoing.text);
      events.onSent(outgoing.draftOf);
      answers.begin(accepted, { question: toQuestion(outgoing), model: outgoing.model });
      change((outbox) => afterAccepted(outbox, outgoing.messageId, accepted.answer_id));
    } catch (error) {
      takeFailure(outgoing, error);
    } finally {
      posting.delete(outgoing.messageId);
    }
  }

  function takeFailure(outgoing: Outgoing, error: unknown): void {
    if (error instanceof RequestRefused) {
      if (error.problem.code === 'generation_running') setState(outgoing, { kind: 'held' });
      else if (toFailure(core, '', error).problem?.status === 401) setState(outgoing, { kind: 'lost', failures: 1 });
      else setState(outgoing, { kind: 'refused', problem: error.problem });
      return;
    }
    const current = store.get().outbox.find(({ messageId }) => messageId === outgoing.messageId);
    const failures = current?.state.kind === 'lost' ? current.state.failures + 1 : 1;
    setState(outgoing, { kind: 'lost', failures });
    ports.clock.after(toRetryDelay(failures, ports.randomness.next()), () => {
      flush((waiting) => waiting.messageId === outgoing.messageId && waiting.state.kind === 'lost');
    });
  }

  function flush(wakes: (outgoing: Outgoing) => boolean): void {
    for (const outgoing of store.get().outbox) if (wakes(outgoing)) void post(outgoing);
  }

  return {
    send(message) {
      const outgoing: Outgoing = {
        ...message,
        messageId: ports.randomness.id(),
        createdAt: new Date(ports.clock.now()).toISOString(),
        state: { kind: 'sending' },
      };
      change((outbox) => [...outbox, outgoing]);
      void post(outgoing);
    },
    flush,
    takeBack(messageId) {
      const taken = store.get().outbox.find((candidate) => candidate.messageId === messageId);
      if (taken === undefined) return;
      core.drafts.write(taken.draftOf, '');
      change((outbox) => afterTakenBack(outbox, messageId));
      flush(({ conversationId, state }) => conversationId === taken.conversationId && state.kind === 'held');
    },
    restore() {
      const kept = restoreOutbox(ports.keptInTab.get(KEY));
      change((outbox) => [...kept, ...outbox]);
      flush(({ state }) => state.kind === 'sending');
    },
  };
}

function keep(texts: KeptTexts, outbox: readonly Outgoing[]): void {
  if (outbox.length === 0) texts.remove(KEY);
  else texts.set(KEY, JSON.stringify(outbox));
}

function toQuestion(outgoing: Outgoing): MessageView {
  return {
    id: outgoing.messageId,
    parent_id: outgoing.parentId ?? null,
    role: 'user',
    content: outgoing.text,
    created_at: outgoing.createdAt,
    ...(hasAttachments(outgoing) ? { attachments: [...outgoing.attachments] } : {}),
  };
}

function toPost(outgoing: Outgoing): PostMessage {
  return {
    message_id: outgoing.messageId,
    text: outgoing.text,
    ...(outgoing.parentId === undefined ? {} : { parent_id: outgoing.parentId }),
    ...(outgoing.model === undefined ? {} : { model: outgoing.model }),
    ...(hasAttachments(outgoing) ? { attachments: outgoing.attachments.map(({ id }) => id) } : {}),
    ...(outgoing.newConversation === undefined ? {} : { new_conversation: outgoing.newConversation }),
  };
}

function hasAttachments(outgoing: Outgoing): outgoing is Outgoing & { readonly attachments: readonly Attachment[] } {
  return outgoing.attachments !== undefined && outgoing.attachments.length > 0;
}
