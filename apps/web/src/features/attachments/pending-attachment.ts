import type { Attachment, ProblemDetails } from '@pilotlight/contract';

/** A file that is attached to a message that is not sent yet. */
export type PendingAttachment =
  | { readonly kind: 'uploading'; readonly key: string; readonly name: string; readonly bytes: number; readonly share: number }
  | { readonly kind: 'here'; readonly key: string; readonly name: string; readonly attachment: Attachment }
  | {
      readonly kind: 'refused';
      readonly key: string;
      readonly name: string;
      /** What happened and what helps. */
      readonly words: string;
    };

/** The list with one of its files changed, if it is still there. */
export function replacePending(list: readonly PendingAttachment[], next: PendingAttachment): readonly PendingAttachment[] {
  // The same file under the same name is one attachment, however often it was chosen.
  const isTwice =
    next.kind === 'here' && list.some((one) => one.kind === 'here' && one.key !== next.key && one.attachment.id === next.attachment.id);
  return list.flatMap((one) => (one.key === next.key ? (isTwice ? [] : [next]) : [one]));
}

/** What a message would take along. */
export function attachedTo(list: readonly PendingAttachment[]): readonly Attachment[] {
  return list.flatMap((one) => (one.kind === 'here' ? [one.attachment] : []));
}

/** Whether sending has to wait for files. */
export function isUploading(list: readonly PendingAttachment[]): boolean {
  return list.some(({ kind }) => kind === 'uploading');
}

/** As a draft keeps them: those that the server has. */
export function keepAttachments(list: readonly PendingAttachment[]): string | undefined {
  const attachments = attachedTo(list);
  return attachments.length === 0 ? undefined : JSON.stringify(attachments);
}

/** As a draft gives them back. What the browser kept may be of another version. */
export function restoreAttachments(text: string | undefined): readonly PendingAttachment[] {
  if (text === undefined) return [];
  try {
    const kept: unknown = JSON.parse(text);
    return Array.isArray(kept)
      ? kept.filter(isAttachment).map((attachment) => ({ kind: 'here', key: attachment.id, name: attachment.name, attachment }))
      : [];
  } catch {
    return [];
  }
}

function isAttachment(value: unknown): value is Attachment {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string' && 'name' in value && 'kind' in value;
}

/** Why a file was not taken, in words that name what would be. */
export function refusalWords(problem: ProblemDetails | undefined): string {
  return problem === undefined ? 'The server did not answer. Attach it again.' : `${problem.detail} ${problem.remedy}`;
}
