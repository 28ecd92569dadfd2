import { toTimestamp } from '@pilotlight/contract';
import type { ConversationDetails, ConversationSummary, ConversationView, MessageView } from '@pilotlight/contract';

import { toAttachmentView } from './attachments/attach-file.ts';
import type { ConversationDetailsRecord, ConversationRecord, ConversationTree, MessageRecord } from './chat-store.ts';

/** A conversation as the wire has it. */
export function toSummary(record: ConversationRecord): ConversationSummary {
  return {
    id: record.id,
    title: record.title,
    created_at: toTimestamp(record.createdMs),
    updated_at: toTimestamp(record.updatedMs),
    ...(record.runningGenerationId !== undefined && { running_generation_id: record.runningGenerationId }),
    ...(record.pinned && { pinned: true }),
    ...(record.archived && { archived: true }),
    ...(record.folder !== undefined && { folder: record.folder }),
    ...(record.temporary === true && { temporary: true }),
  };
}

/** A conversation with its settings as the wire has it. */
export function toDetails({ conversation, settings }: ConversationDetailsRecord): ConversationDetails {
  return { ...toSummary(conversation), ...(Object.keys(settings).length > 0 && { settings }) };
}

/** A conversation with all its messages as the wire has it. */
export function toView({ messages, ...details }: ConversationTree): ConversationView {
  return { ...toDetails(details), head_id: details.conversation.headId, messages: messages.map(toMessage) };
}

function toMessage(record: MessageRecord): MessageView {
  return {
    id: record.id,
    parent_id: record.parentId,
    role: record.role,
    content: record.content,
    ...(record.reasoning !== undefined && { reasoning: record.reasoning }),
    ...(record.system !== undefined && { system: record.system }),
    created_at: toTimestamp(record.createdMs),
    ...(record.state !== undefined && { state: record.state }),
    ...(record.generationId !== undefined && { generation_id: record.generationId }),
    ...(record.model !== undefined && { model: record.model }),
    ...(record.finishReason !== undefined && { finish_reason: record.finishReason }),
    ...(record.receipt !== undefined && { receipt: record.receipt }),
    ...(record.error !== undefined && { error: record.error }),
    ...(record.attachments !== undefined && { attachments: record.attachments.map(toAttachmentView) }),
    ...(record.continues !== undefined && { continues: record.continues }),
  };
}
