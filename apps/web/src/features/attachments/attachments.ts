import { MAX_ATTACHMENTS, type Attachment } from '@pilotlight/contract';

import { RequestRefused } from '../../api/http.ts';
import { toFailure, type Core } from '../../app/core.ts';
import {
  attachedTo,
  keepAttachments,
  refusalWords,
  replacePending,
  restoreAttachments,
  type PendingAttachment,
} from './pending-attachment.ts';

/** A file that somebody chose, dropped or pasted. */
export type ChosenAttachment = Blob & { readonly name?: string };

/** Files beside the message that is being written, by conversation. What is attached survives a reload as the draft does. */
export interface Attachments {
  /** Sends files to the server, each by itself. */
  attach(conversationId: string | undefined, files: readonly ChosenAttachment[]): void;
  /** Takes one off; an upload of it ends. */
  detach(conversationId: string | undefined, key: string): void;
  /** Takes all off, because a message has them now, and returns those that the server has. They are kept until `settle`. */
  take(conversationId: string | undefined): readonly Attachment[];
  /** The server has the message they were taken for. */
  settle(conversationId: string | undefined): void;
  /** Puts them beside the message again. */
  putBack(conversationId: string | undefined, attachments: readonly Attachment[]): void;
  /** What an earlier life of this page had attached. */
  restore(conversationId: string | undefined): void;
}

/** A browser opens six connections to a server; two for files leave enough for the rest. */
const MOST_AT_ONCE = 2;

const draftKey = (conversationId: string | undefined): string => `pilotlight.attached.${conversationId ?? 'new'}`;

export function createAttachments(core: Core): Attachments {
  const { store, ports, api } = core;
  const uploads = new Map<string, AbortController>();
  const inTurn = createTurns(MOST_AT_ONCE);

  function listOf(conversationId: string | undefined): readonly PendingAttachment[] {
    return store.get().attachments[conversationId ?? ''] ?? [];
  }

  function show(conversationId: string | undefined, list: readonly PendingAttachment[]): void {
    store.update((state) => ({ ...state, attachments: { ...state.attachments, [conversationId ?? '']: list } }));
  }

  function change(conversationId: string | undefined, list: readonly PendingAttachment[]): void {
    show(conversationId, list);
    keep(conversationId, list);
  }

  function keep(conversationId: string | undefined, list: readonly PendingAttachment[]): void {
    const kept = keepAttachments(list);
    if (kept === undefined) ports.kept.remove(draftKey(conversationId));
    else ports.kept.set(draftKey(conversationId), kept);
  }

  async function upload(conversationId: string | undefined, pending: PendingAttachment, file: ChosenAttachment): Promise<void> {
    const { key, name } = pending;
    if (!listOf(conversationId).some((one) => one.key === key)) return; // Taken off before its turn came.
    const controller = new AbortController();
    uploads.set(key, controller);
    const settle = (next: PendingAttachment): void => change(conversationId, replacePending(listOf(conversationId), next));
    try {
      const attachment = await api.attach(name, file, {
        signal: controller.signal,
        onProgress: (share) => settle({ kind: 'uploading', key, name, bytes: file.size, share }),
      });
      settle({ kind: 'here', key, name: attachment.name, attachment });
    } catch (error) {
      if (controller.signal.aborted) return;
      const { problem } = toFailure(core, '', error);
      settle({ kind: 'refused', key, name, words: refusalWords(error instanceof RequestRefused ? problem : undefined) });
    } finally {
      uploads.delete(key);
    }
  }

  function attachOne(conversationId: string | undefined, file: ChosenAttachment): void {
    const key = ports.randomness.id();
    const name = file.name ?? nameOf(file.type);
    const list = listOf(conversationId);
    if (list.length >= MAX_ATTACHMENTS) {
      const words = `One message takes ${MAX_ATTACHMENTS} files. Send it, then attach more.`;
      if (list.every((one) => one.kind !== 'refused' || one.words !== words))
        change(conversationId, [...list, { kind: 'refused', key, name, words }]);
      return;
    }
    const pending: PendingAttachment = { kind: 'uploading', key, name, bytes: file.size, share: 0 };
    change(conversationId, [...list, pending]);
    void inTurn(() => upload(conversationId, pending, file));
  }

  return {
    ...createKeeping(core, { listOf, show, change, keep }),
    attach: (conversationId, files) => files.forEach((file) => attachOne(conversationId, file)),
    detach(conversationId, key) {
      uploads.get(key)?.abort();
      change(
        conversationId,
        listOf(conversationId).filter((one) => one.key !== key),
      );
    },
  };
}

interface Lists {
  readonly listOf: (conversationId: string | undefined) => readonly PendingAttachment[];
  readonly show: (conversationId: string | undefined, list: readonly PendingAttachment[]) => void;
  readonly keep: (conversationId: string | undefined, list: readonly PendingAttachment[]) => void;
  /** Both. */
  readonly change: (conversationId: string | undefined, list: readonly PendingAttachment[]) => void;
}

function createKeeping(
  { store, ports }: Core,
  { listOf, show, change, keep }: Lists,
): Pick<Attachments, 'take' | 'settle' | 'putBack' | 'restore'> {
  return {
    take(conversationId) {
      const attachments = attachedTo(listOf(conversationId));
      show(conversationId, []);
      return attachments;
    },
    settle: (conversationId) => keep(conversationId, listOf(conversationId)),
    putBack(conversationId, attachments) {
      const back = attachments.map((attachment) => ({ kind: 'here', key: attachment.id, name: attachment.name, attachment }) as const);
      change(conversationId, [...listOf(conversationId).filter(({ key }) => !attachments.some(({ id }) => id === key)), ...back]);
    },
    restore(conversationId) {
      const { attachments, outbox } = store.get();
      const isOnItsWay = outbox.some(({ draftOf, attachments: sent = [] }) => draftOf === conversationId && sent.length > 0);
      if (attachments[conversationId ?? ''] !== undefined || isOnItsWay) return;
      const kept = restoreAttachments(ports.kept.get(draftKey(conversationId)));
      if (kept.length > 0) change(conversationId, kept);
    },
  };
}

/** Runs so many at once, the others when there is room. */
function createTurns(most: number): (work: () => Promise<void>) => Promise<void> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    running += 1;
    try {
      await work();
    } finally {
      running -= 1;
      waiting.shift()?.();
    }
  };
}

/** What was pasted has no name. */
function nameOf(type: string): string {
  return type.startsWith('image/') ? `pasted.${type.slice('image/'.length).replace('jpeg', 'jpg')}` : 'pasted.txt';
}
