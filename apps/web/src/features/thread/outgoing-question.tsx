import { useApp } from '../../app/create-app.ts';
import { AttachmentChips } from '../attachments/attachment-chips.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import type { Outgoing } from '../composer/outgoing.ts';
import { problemDetails } from './ending-words.ts';

interface OutgoingQuestionProps {
  readonly outgoing: Outgoing;
  /** Puts the text back into the composer. */
  readonly onTakeBack: (outgoing: Outgoing) => void;
}

/** A question that the server does not have yet, or refused. */
export function OutgoingQuestion({ outgoing, onTakeBack }: OutgoingQuestionProps) {
  const { state } = outgoing;
  return (
    <article className="turn ask cols">
      <div className="m">
        <span className="who">You</span>
        <span className="facts">
          <span className="keep">{MARGIN_WORDS[state.kind]}</span>
        </span>
      </div>
      <div className="min-w-0">
        <h2 className="says" dir="auto">
          {outgoing.text}
        </h2>
        <AttachmentChips attachments={outgoing.attachments ?? []} />
        {state.kind === 'sending' ? null : <OutgoingState outgoing={outgoing} onTakeBack={onTakeBack} />}
      </div>
    </article>
  );
}

const MARGIN_WORDS: Readonly<Record<Outgoing['state']['kind'], string>> = {
  sending: 'sending',
  lost: 'not sent yet',
  held: 'waits for its turn',
  refused: 'not sent',
};

function OutgoingState({ outgoing, onTakeBack }: OutgoingQuestionProps) {
  const app = useApp();
  const { state, messageId } = outgoing;
  const problem = state.kind === 'refused' ? state.problem : undefined;
  const { heading, sentence } = wordsOf(state);
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

function wordsOf(state: Outgoing['state']): { readonly heading: string; readonly sentence: string } {
  switch (state.kind) {
    case 'sending':
      return { heading: 'Sending', sentence: '' };
    case 'lost':
      return {
        heading: 'The server did not answer',
        sentence: 'Your message is kept in this browser and sent again by itself, once, as soon as the server is back.',
      };
    case 'held':
      return {
        heading: 'Sent after the answer above',
        sentence: 'An answer is still being written in this chat. Your message is kept and goes next.',
      };
    case 'refused':
      return { heading: state.problem.title, sentence: `${state.problem.detail} ${state.problem.remedy} Your message is kept.` };
  }
}
