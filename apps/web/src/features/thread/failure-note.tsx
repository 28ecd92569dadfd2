import { useApp, useAppState } from '../../app/create-app.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { problemDetails } from './ending-words.ts';

/** The last thing that was asked for in this chat and did not happen. */
export function FailureNote({ conversationId }: { readonly conversationId: string }) {
  const app = useApp();
  const failure = useAppState((state) => state.failures[conversationId]);
  if (failure === undefined) return null;
  const { what, problem } = failure;
  return (
    <div className="turn answer cols" role="alert">
      <div className="m">
        <span>not done</span>
      </div>
      <div className="state">
        <p className="hd">{what}</p>
        <p className="sub">
          {problem === undefined ? 'The server did not answer. Nothing was changed here.' : `${problem.detail} ${problem.remedy}`}
          {problem === undefined ? null : (
            <>
              {' '}
              Error <code>{problem.code}</code>.
            </>
          )}
        </p>
        <div className="btns">
          {problem === undefined ? null : (
            <CopyButton text={() => problemDetails(problem)} label="Copy details" className="btn small" hasWords />
          )}
          <button type="button" className="btn small quiet" onClick={() => app.dismissFailure(conversationId)}>
            Hide this
          </button>
        </div>
      </div>
    </div>
  );
}
