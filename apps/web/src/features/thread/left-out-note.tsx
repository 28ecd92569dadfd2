import type { MessageView } from '@pilotlight/contract';

import { useApp, useAppState } from '../../app/create-app.ts';
import { leftOutSentence, leftOutWords } from '../details/context-facts.ts';

/** Under an answer whose model did not see the whole chat: how much it saw, and what can be done about it. */
export function LeftOutNote({ conversationId, message }: { readonly conversationId: string; readonly message: MessageView }) {
  const app = useApp();
  const policy = useAppState((state) => state.views[conversationId]?.settings?.context_policy);
  const context = message.receipt?.context;
  const words = context === undefined ? undefined : leftOutWords(context);
  if (context === undefined || words === undefined) return null;
  const first = context.left_out?.first_id ?? context.summary?.first_id;
  return (
    <div className="state left-out">
      <p className="sub">
        {words}. {leftOutSentence(context)}
      </p>
      <div className="btns">
        {first === undefined ? null : (
          <button type="button" className="btn small" onClick={() => app.jumpTo({ conversationId, messageId: first })}>
            Show what was {context.left_out === undefined ? 'summarised' : 'left out'}
          </button>
        )}
        {context.policy === 'summarise' || policy === 'summarise' ? null : (
          <button
            type="button"
            className="btn small quiet"
            onClick={() => void app.settings.change(conversationId, { context_policy: 'summarise' })}
          >
            Summarise the older part from now on
          </button>
        )}
      </div>
    </div>
  );
}
