import { useApp, type App } from '../../app/create-app.ts';
import type { Failure } from '../../app/app-state.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Flame } from '../../ui/flame.tsx';
import { problemDetails } from './ending-words.ts';

/** In place of a thread that cannot be shown: what was kept and what not come before what helps. */
export function UnreadableThread({ conversationId, failure }: { readonly conversationId: string; readonly failure: Failure }) {
  const app = useApp();
  const { problem } = failure;
  const isDeleted = problem?.code === 'conversation_deleted';
  const isMissing = problem?.code === 'conversation_not_found' || isDeleted;
  return (
    <div className="page">
      <div className="cols">
        <div className="m">
          <Flame phase={isMissing ? 'absent' : 'failed'} size={28} />
        </div>
        <div>
          <h2 className="text-[1.5rem] leading-8">
            {isDeleted ? 'This chat was deleted' : isMissing ? 'There is no such chat' : failure.what}
          </h2>
          <p className="prose mt-2">{problem?.detail ?? 'The server did not answer.'}</p>
        </div>
      </div>
      <div className="cols far">
        <div className="m">kept</div>
        <p>{isMissing ? 'All other chats, in the list.' : 'The chat itself is on the server, your draft in this browser.'}</p>
      </div>
      <div className="cols">
        <div className="m">what helps</div>
        <div>
          <p>
            {isMissing
              ? 'It was deleted, or the address is not complete.'
              : (problem?.remedy ?? 'Look whether the server is running, then try again.')}
          </p>
          <div className="btns mt-5">
            <button type="button" className="btn primary" onClick={() => leave(app, conversationId, isMissing)}>
              {isMissing ? 'New chat' : 'Try again'}
            </button>
            {isDeleted ? (
              <button type="button" className="btn" onClick={() => void app.conversations.restore(conversationId, true)}>
                Bring it back
              </button>
            ) : null}
            {problem === undefined ? null : (
              <CopyButton text={() => problemDetails(problem)} label="Copy details" className="btn" hasWords />
            )}
          </div>
        </div>
      </div>
      {problem === undefined ? null : (
        <div className="cols end">
          <div className="m" />
          <p className="hint">
            Error <code>{problem.code}</code>
            {problem.request_id === undefined ? null : (
              <>
                , id <code>{problem.request_id}</code>
              </>
            )}
          </p>
        </div>
      )}
    </div>
  );
}

function leave(app: App, conversationId: string, isMissing: boolean): void {
  if (isMissing) app.router.go('/');
  else void app.conversations.read(conversationId);
}
