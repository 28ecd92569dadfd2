import { toTimestamp } from '@pilotlight/contract';
import type { ConversationSummary, ConversationView, MessageView } from '@pilotlight/contract';

import type { ConversationRecord, ConversationTree, MessageRecord } from './chat-store.ts';

/** A conversation as the wire has it. */
export function toSummary(record: ConversationRecord): ConversationSummary {
  return {
    id: record.id,
    title: record.title,
    created_at: toTimestamp(record.createdMs),
    updated_at: toTimestamp(record.updatedMs),
    ...(record.runningGenerationId !== undefined && { running_generation_id: record.runningGenerationId }),
  };
}

/** A conversation with all its messages as the wire has it. */
export function toView({ conversation, messages }: ConversationTree): ConversationView {
  return { ...toSummary(conversation), head_id: conversation.headId, messages: messages.map(toMessage) };
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
  };
}
