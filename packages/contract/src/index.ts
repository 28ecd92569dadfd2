export type {
  ChildProcess,
  Clock,
  Disk,
  FileFacts,
  ForkOptions,
  GpuMemory,
  GpuReading,
  HttpRequest,
  HttpResponse,
  Machine,
  Network,
  NetworkFailure,
  ProcessExit,
  Processes,
  Randomness,
} from './seams.ts';
export { NetworkError } from './seams.ts';
export { sleep, toTimestamp } from './clock.ts';
export { createEventStreamParser, MAX_EVENT_LENGTH } from './event-stream.ts';
export type { ServerSentEvent } from './event-stream.ts';
export { estimateSchema, evidenceSchema, GENERATION_PHASES, generationPhaseSchema, PHASES, phaseSchema, toPhaseWords } from './phases.ts';
export type { Estimate, Evidence, GenerationPhase, Phase } from './phases.ts';
export {
  formatSchema,
  durationSchema,
  LONGEST_STOP,
  mergeOptions,
  MOST_STOPS,
  OPTION_NAMES,
  OPTION_RANGES,
  optionNoteSchema,
  optionsSchema,
  THINKING_EFFORTS,
  thinkingSchema,
  toDurationMs,
} from './options.ts';
export type { OptionName, OptionNote, Options, RangedOption, Thinking } from './options.ts';
export { CACHE_TYPES, launchProfileSchema, toLaunchProfile, toWireProfile } from './launch-profile.ts';
export type { LaunchProfileWire } from './launch-profile.ts';
export { OPTIONS } from './option-table.ts';
export type { Honoured, OptionFacts } from './option-table.ts';
export {
  modelDefaultsJsonSchema,
  modelDefaultsSchema,
  modelDefaultsViewSchema,
  MOST_ROUTE_MODELS,
  MOST_TASKS,
  preferenceSourceSchema,
  taskRoutesSchema,
  tasksViewSchema,
  taskTableSchema,
  taskViewSchema,
} from './preferences.ts';
export type {
  KeptValue,
  KeptValues,
  ModelDefaults,
  ModelDefaultsView,
  ModelSettings,
  Needs,
  Preferences,
  PreferenceSource,
  TaskRoutes,
  TasksView,
  TaskView,
} from './preferences.ts';
export { imageSchema, messageSchema, ROLES, toolCallSchema } from './messages.ts';
export type { Image, Message, ToolCall } from './messages.ts';
export {
  CONTEXT_POLICIES,
  contextPolicySchema,
  contextReceiptSchema,
  contextRequestSchema,
  contextUsageSchema,
  TOKEN_BASES,
  tokenBasisSchema,
} from './context-wire.ts';
export type { ContextPolicy, ContextReceipt, ContextRequest, ContextUsage, TokenBasis } from './context-wire.ts';
export {
  ATTACHMENT_KINDS,
  ATTACHMENT_LIMITS,
  attachmentKindSchema,
  attachmentSchema,
  IMAGE_TYPES,
  MAX_ATTACHMENTS,
} from './attachment-wire.ts';
export type { Attachment, AttachmentKind } from './attachment-wire.ts';
export { appliedSettingsSchema, attemptSchema, FINISH_REASONS, finishReasonSchema, receiptSchema, SETTING_SOURCES } from './receipt.ts';
export type { AppliedSettings, Attempt, FinishReason, Receipt } from './receipt.ts';
export {
  errorPartSchema,
  finishPartSchema,
  isTerminal,
  phasePartSchema,
  reasoningPartSchema,
  seamPartSchema,
  startPartSchema,
  streamPartSchema,
  textPartSchema,
  toolCallPartSchema,
  toolResultPartSchema,
} from './stream-parts.ts';
export type { ErrorPart, FinishPart, PhasePart, SeamPart, StartPart, StreamPart } from './stream-parts.ts';
export { createHoldWatch, HELD_BACK } from './held-back.ts';
export type { HoldWatch } from './held-back.ts';
export { storageEventSchema, storageViewSchema } from './storage-wire.ts';
export type { StorageView } from './storage-wire.ts';
export { Problem, problemDetailsSchema, PROBLEMS, REFUSAL_HEADER, refusalFactsSchema, REFUSALS } from './problems.ts';
export type { ProblemCode, ProblemDetails, ProblemOptions, ProblemSource, Refusal } from './problems.ts';
export { COMMAND_REMEDIES, commandRemedyOf, PAGE_REMEDIES, toRemedy } from './remedies.ts';
export type { Remedies, RemedyFacts } from './remedies.ts';
export { toMemoryFacts } from './memory-facts.ts';
export type { MemoryFacts, MemoryFactsSource } from './memory-facts.ts';
export { EngineError } from './engine.ts';
export type {
  Capability,
  Engine,
  EngineEvent,
  EngineFailure,
  EngineKind,
  EnginePart,
  EngineStatus,
  LaunchProfile,
  LoadedModel,
  LoadOptions,
  LoadProgress,
  ModelDescription,
  ResidentModel,
  StreamRequest,
  Timings,
  Usage,
} from './engine.ts';
export {
  breakerViewSchema,
  engineViewSchema,
  memoryViewSchema,
  modelEstimatesSchema,
  modelMetricsSchema,
  modelNameSchema,
  modelPlanSchema,
  planRequestSchema,
  modelsEventSchema,
  modelsViewSchema,
  modelViewSchema,
  warmingViewSchema,
  wayToFitSchema,
  withTag,
} from './models-wire.ts';
export type {
  BreakerView,
  EngineView,
  MemoryView,
  ModelEstimates,
  ModelPlan,
  ModelsEvent,
  ModelsView,
  ModelView,
  WarmingView,
  WayToFit,
} from './models-wire.ts';
export { idSchema, RESERVED_CONVERSATION_IDS } from './ids.ts';
export {
  conversationChangeSchema,
  conversationSettingsSchema,
  folderNameSchema,
  newConversationSchema,
  newPresetSchema,
  presetChangeSchema,
  presetListSchema,
  presetSchema,
  settingsChangeSchema,
} from './conversation-settings.ts';
export type {
  ConversationChange,
  ConversationSettings,
  NewConversationWish,
  NewPreset,
  Preset,
  PresetChange,
  PresetList,
  SettingsChange,
} from './conversation-settings.ts';
export {
  acceptedSchema,
  chatReplySchema,
  chatRequestSchema,
  continueSchema,
  conversationDetailsSchema,
  conversationExportSchema,
  conversationListSchema,
  conversationSummarySchema,
  conversationViewSchema,
  deletedConversationSchema,
  EXPORT_FORMAT,
  EXPORT_VERSION,
  folderListSchema,
  historySchema,
  importResultSchema,
  MESSAGE_STATES,
  messageViewSchema,
  postMessageSchema,
  regenerateSchema,
  searchHitSchema,
  searchResultSchema,
  taskSchema,
} from './chat-wire.ts';
export type {
  Accepted,
  ChatReply,
  ChatRequest,
  Continue,
  ConversationDetails,
  ConversationExport,
  ConversationList,
  ConversationSummary,
  ConversationView,
  DeletedConversation,
  FolderList,
  History,
  ImportResult,
  ImportSource,
  MessageView,
  PostMessage,
  Regenerate,
  SearchHit,
  SearchResult,
} from './chat-wire.ts';
export { conversationEventSchema, pageEventSchema, sessionRequestSchema } from './page-wire.ts';
export type { PageEvent } from './page-wire.ts';
export type { LearnedFigure, LearnedFigures, ModelStore, Pins } from './model-store.ts';
export type {
  AnswerPlace,
  Gateway,
  GatewayEvent,
  GatewayPart,
  GenerateRequest,
  Priority,
  Prompt,
  PromptPlace,
  PromptRefusal,
} from './gateway.ts';
export type { AttachmentContent, Chat, ChatEvent, Continuation, ConversationQuery, LoggedPart, Question, Regeneration } from './chat.ts';
