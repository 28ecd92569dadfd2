import type { Accepted, ConversationView, MessageView } from '@pilotlight/contract';

import { addMessages, without } from '../../app/app-state.ts';
import { showFailure, toFailure, type Core } from '../../app/core.ts';
import { createAnswerFollower, type FollowerEvents } from './answer-follower.ts';

/** What one can do with answers, and the following of those that are being written. */
export interface AnswerActions {
  /** Reads along with every answer of a view that is being written, or whose seams are only in its log. */
  followAnswers(view: ConversationView): void;
  /** Reads along with an answer of a chat that need not be open. */
  watch(conversationId: string, generation: string): void;
  /** Adds the answer that the server has begun, and follows it. `question` comes along if it is new here. */
  begin(accepted: Accepted, begun: { readonly question?: MessageView; readonly model: string | undefined }): void;
  stop(conversationId: string, generation: string): Promise<void>;
  regenerate(conversationId: string, answer: MessageView, model?: string): Promise<void>;
  /** Goes on from the text of an answer that is not whole. */
  continueAnswer(conversationId: string, answer: MessageView): Promise<void>;
  /** Ends an answer that has not got far, and asks another model. */
  answerWith(conversationId: string, answer: MessageView, model: string): Promise<void>;
}

export function createAnswerActions(core: Core, events: FollowerEvents): AnswerActions {
  const follow = createAnswerFollower(core, events);

  function begin(accepted: Accepted, { question, model }: { readonly question?: MessageView; readonly model: string | undefined }): void {
    const answer = toRunningAnswer(accepted, { model, now: core.ports.clock.now() });
    core.store.update((state) => {
      const view = state.views[accepted.conversation_id];
      if (view === undefined) return state;
      const added = addMessages(view, question === undefined ? [answer] : [question, answer]);
      const running = { ...added, running_generation_id: accepted.generation_id };
      return {
        ...state,
        failures: without(state.failures, accepted.conversation_id),
        views: { ...state.views, [accepted.conversation_id]: running },
      };
    });
    follow(accepted.conversation_id, accepted.generation_id);
  }

  async function regenerate(conversationId: string, answer: MessageView, model?: string): Promise<void> {
    try {
      const generation = core.ports.randomness.id();
      const request = { generation_id: generation, ...(model === undefined ? {} : { model }) };
      begin(await core.api.regenerate(conversationId, answer.id, request), { model: model ?? answer.model });
    } catch (error) {
      showFailure(core, conversationId, toFailure(core, 'No new answer was begun', error));
    }
  }

  async function continueAnswer(conversationId: string, answer: MessageView): Promise<void> {
    try {
      const generation = core.ports.randomness.id();
      begin(await core.api.continueAnswer(conversationId, answer.id, { generation_id: generation }), { model: answer.model });
    } catch (error) {
      showFailure(core, conversationId, toFailure(core, 'The answer was not continued', error));
    }
  }

  async function stop(conversationId: string, generation: string): Promise<void> {
    try {
      await core.api.stopGeneration(generation);
    } catch (error) {
      showFailure(core, conversationId, toFailure(core, 'The answer was not stopped', error));
    }
  }

  return {
    followAnswers(view) {
      for (const { state, generation_id: generation, receipt } of view.messages) {
        if (generation === undefined) continue;
        const hasSeams = receipt !== undefined && receipt.seams.length > 0 && core.store.get().answers[generation] === undefined;
        if (state === 'running' || hasSeams) follow(view.id, generation);
      }
    },
    watch: follow,
    begin,
    stop,
    regenerate,
    continueAnswer,
    async answerWith(conversationId, answer, model) {
      if (answer.state === 'running' && answer.generation_id !== undefined) await stop(conversationId, answer.generation_id);
      await regenerate(conversationId, answer, model);
    },
  };
}

function toRunningAnswer(accepted: Accepted, { model, now }: { readonly model: string | undefined; readonly now: number }): MessageView {
  return {
    id: accepted.answer_id,
    parent_id: accepted.message_id,
    role: 'assistant',
    content: '',
    created_at: new Date(now).toISOString(),
    state: 'running',
    generation_id: accepted.generation_id,
    ...(model === undefined ? {} : { model }),
  };
}
