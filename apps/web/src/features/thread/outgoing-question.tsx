import { useApp } from '../../app/create-app.ts';
import { AttachmentChips } from '../attachments/attachment-chips.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import type { Outgoing } from '../composer/outgoing.ts';
import { problemDetails } from './ending-words.ts';
import { outgoingWords, type OutgoingWords } from './outgoing-words.ts';

interface OutgoingQuestionProps {
  readonly outgoing: Outgoing;
  /** Among the messages on their way in this chat, from 1. */
  readonly place: number;
  /** Puts the text back into the composer. */
  readonly onTakeBack: (outgoing: Outgoing) => void;
}

/** A question that the server does not have yet, or refused. */
export function OutgoingQuestion({ outgoing, place, onTakeBack }: OutgoingQuestionProps) {
  const { state } = outgoing;
  const words = outgoingWords(state, place);
  return (
    <article className="turn ask cols">
      <div className="m">
        <span className="who">You</span>
        <span className="facts">
          <span className="keep">{words.margin}</span>
        </span>
      </div>
      <div className="min-w-0">
        <h2 className="says" dir="auto">
          {outgoing.text}
        </h2>
        <AttachmentChips attachments={outgoing.attachments ?? []} />
        {state.kind === 'sending' ? null : <OutgoingState outgoing={outgoing} words={words} onTakeBack={onTakeBack} />}
      </div>
    </article>
  );
}

interface OutgoingStateProps extends Omit<OutgoingQuestionProps, 'place'> {
  readonly words: OutgoingWords;
}

function OutgoingState({ outgoing, words: { heading, sentence }, onTakeBack }: OutgoingStateProps) {
  const app = useApp();
  const { state, messageId } = outgoing;
  const problem = state.kind === 'refused' ? state.problem : undefined;
  return (
    <div className="state">
      <p className="hd">{heading}</p>
      <p className="sub">
        {sentence}
        {problem === undefined ? null : (
          <>
            {' '}
            Error <code>{problem.code}</code>
            {problem.request_id === undefined ? null : (
              <>
                , id <code>{problem.request_id}</code>
              </>
            )}
            .
          </>
        )}
      </p>
      <div className="btns">
        {state.kind === 'held' ? null : (
          <button type="button" className="btn small" onClick={() => app.outbox.flush((waiting) => waiting.messageId === messageId)}>
            Send again
          </button>
        )}
        <button type="button" className="btn small" onClick={() => onTakeBack(outgoing)}>
          Take it back
        </button>
        {problem === undefined ? null : (
          <CopyButton text={() => problemDetails(problem)} label="Copy details" className="btn small quiet" hasWords />
        )}
      </div>
    </div>
  );
}
