export { createChat } from './create-chat.ts';
export type { CreateChatOptions } from './create-chat.ts';
export { DEFAULT_CHAT_SETTINGS } from './chat-settings.ts';
export type { ChatSettings } from './chat-settings.ts';
export type { ChatLog } from './chat-log.ts';
export { toBranch, toHistory } from './conversation-tree.ts';
export { toExport, toMarkdown, withContents } from './export.ts';
export type { PdfText, ReadPdf } from './attachments/attach-file.ts';
export { guessKind } from './attachments/recognise-file.ts';
export { tooLarge } from './attachments/attach-file.ts';
export type {
  AttachmentRecord,
  AttachmentStore,
  NewAttachment,
  NewSummary,
  PromptContent,
  SummaryRecord,
} from './attachments/attachment-store.ts';
export type {
  AnswerEnding,
  AnswerError,
  AnswerOrigin,
  AppendOutcome,
  Beginning,
  BeginResult,
  BranchMessage,
  ChatStore,
  ClaimedGeneration,
  ConversationDetailsRecord,
  ConversationRecord,
  ConversationStart,
  ConversationTree,
  EndResult,
  FolderRecord,
  GenerationEnding,
  HiddenConversation,
  ListQuery,
  LogGroup,
  LogPage,
  LogQuery,
  MessageRecord,
  MessageState,
  NewConversation,
  NewMessage,
  NewQuestion,
  PresetRecord,
  PresetRecordChange,
  RecordChange,
  SameQuestion,
  SearchHitRecord,
  SearchQuery,
} from './chat-store.ts';
