import type { Attachment } from '@pilotlight/contract';
import { describe, expect, it } from 'vitest';

import { attachmentWords } from './attachment-words.ts';
import {
  attachedTo,
  isUploading,
  keepAttachments,
  replacePending,
  restoreAttachments,
  type PendingAttachment,
} from './pending-attachment.ts';

const NOTES: Attachment = { id: 'f-1', name: 'notes.md', kind: 'text', media_type: 'text/markdown', bytes: 18_400, characters: 18_122 };
const UPLOADING: PendingAttachment = { kind: 'uploading', key: 'k-2', name: 'more.md', bytes: 900, share: 0.4 };
const here = (key: string, attachment = NOTES): PendingAttachment => ({ kind: 'here', key, name: attachment.name, attachment });

describe('files beside a message', () => {
  it('go with it once the server has them', () => {
    expect(attachedTo([here('k-1'), UPLOADING])).toEqual([NOTES]);
    expect(isUploading([here('k-1'), UPLOADING])).toBe(true);
    expect(isUploading([here('k-1')])).toBe(false);
  });

  it('stand there once, however often the same file was chosen', () => {
    expect(replacePending([here('k-1'), UPLOADING], here('k-2'))).toEqual([here('k-1')]);
  });

  it('that were taken off while they were sent do not come back', () => {
    expect(replacePending([here('k-1')], here('k-9', { ...NOTES, id: 'f-9' }))).toEqual([here('k-1')]);
  });

  it('are kept with the draft, and what is kept may be of another version', () => {
    expect(restoreAttachments(keepAttachments([here('f-1'), UPLOADING]))).toEqual([here('f-1')]);
    expect(keepAttachments([UPLOADING])).toBeUndefined();
    expect(restoreAttachments('[{"id":7},null,"x"]')).toEqual([]);
    expect(restoreAttachments('{')).toEqual([]);
  });
});

describe('the words beside a file', () => {
  it('say how much of it the model is given', () => {
    expect(attachmentWords(NOTES)).toBe('18,122 characters, 18 KB');
    const paper: Attachment = { ...NOTES, kind: 'pdf', bytes: 1_240_000, pages: 14 };
    expect(attachmentWords(paper)).toBe('14 pages, 1.2 MB');
    expect(attachmentWords({ ...paper, pages_read: 9 })).toBe('9 of 14 pages read, 1.2 MB');
    expect(attachmentWords({ ...NOTES, kind: 'image', width: 1280, height: 720 })).toBe('1,280 × 720, 18 KB');
  });
});
