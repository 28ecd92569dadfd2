import { z } from 'zod';

/** What is attached: text (code too), the text of a PDF, an image. Decided by what is in the file, never by its name. */
export const ATTACHMENT_KINDS = ['text', 'pdf', 'image'] as const;
export const attachmentKindSchema = z.enum(ATTACHMENT_KINDS);
export type AttachmentKind = z.infer<typeof attachmentKindSchema>;

/** The most that one message takes. */
export const MAX_ATTACHMENTS = 16;

/** The largest file of each kind, in bytes. */
export const ATTACHMENT_LIMITS: Readonly<Record<AttachmentKind, number>> = {
  text: 2 * 1024 * 1024,
  pdf: 20 * 1024 * 1024,
  image: 10 * 1024 * 1024,
};

/** The media types of images that are taken. */
export const IMAGE_TYPES = ['image/png', 'image/jpeg', 'image/webp', 'image/gif'] as const;

/**
 * The answer of `POST /api/attachments?name=NAME`, whose body is the file itself, and what a message says of its attachments. The same file under the same
 * name has the same id. What no message refers to is removed after a day.
 */
export const attachmentSchema = z.object({
  id: z.string(),
  /** One line without separators of paths. For people: nothing is decided by it. */
  name: z.string(),
  kind: attachmentKindSchema,
  media_type: z.string(),
  bytes: z.int().nonnegative(),
  /** Of the text that the model is given; absent for images. */
  characters: z.int().nonnegative().optional(),
  /** Of a PDF: its pages; `pages_read` only if not all of them were. */
  pages: z.int().positive().optional(),
  pages_read: z.int().nonnegative().optional(),
  /** Of an image, as its header says. */
  width: z.int().positive().optional(),
  height: z.int().positive().optional(),
  /** In an export alone: the file, in base64. */
  content: z.string().optional(),
});
export type Attachment = z.infer<typeof attachmentSchema>;
