import type { MessageView } from '@pilotlight/contract';

import { useApp, useAppState } from '../../app/create-app.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { formatExact } from '../../ui/format.ts';
import { findModel, readyInstead, similarNames } from '../models/models-state.ts';
import { WaysToFit } from '../models/ways-to-fit.tsx';
import { failureDetails, toEnding } from './ending-words.ts';

const DOES_NOT_FIT: ReadonlySet<string> = new Set(['model_too_large', 'model_out_of_memory']);

interface EndingBlockProps {
  readonly conversationId: string;
  readonly message: MessageView;
}

/** Under an answer that is not whole: what happened, what was kept, and the ways on. Nothing goes on by itself. */
export function EndingBlock({ conversationId, message }: EndingBlockProps) {
  const app = useApp();
  const models = useAppState((state) => state.models);
  const ending = toEnding(message);
  if (ending === undefined) return null;
  const name = message.receipt?.model ?? message.model ?? '';
  const hasText = message.content !== '';
  const instead = ending.isCalm ? undefined : readyInstead(models, name)?.name;
  const doesNotFit = ending.code !== undefined && DOES_NOT_FIT.has(ending.code);
  const canContinue = hasText && findModel(models, name)?.continues !== 'no';
  const near = ending.code === 'model_not_found' ? similarNames(models, name).filter((candidate) => candidate !== instead) : [];
  return (
    <>
      {hasText ? (
        <p className={ending.isCalm ? 'seam calm' : 'seam cut'}>
          <span>{ending.line}</span>
        </p>
      ) : null}
      <div className={hasText ? undefined : 'state'}>
        {hasText ? null : <p className="hd">{ending.line}</p>}
        <div className="state">
          {ending.sentence === '' && ending.code === undefined ? null : (
            <p className="sub">
              {ending.sentence} {ending.code === undefined ? null : <FailureId code={ending.code} id={message.generation_id} />}
            </p>
          )}
          {ending.isCalm && hasText && !canContinue ? null : (
            <div className="btns">
              {canContinue ? (
                <button type="button" className="btn small" onClick={() => void app.answers.continueAnswer(conversationId, message)}>
                  Continue
                </button>
              ) : null}
              {ending.isCalm && hasText ? null : (
                <button type="button" className="btn small" onClick={() => void app.answers.regenerate(conversationId, message)}>
                  Regenerate
                </button>
              )}
              {[doesNotFit ? undefined : instead, ...near].map((model) =>
                model === undefined ? null : (
                  <button
                    key={model}
                    type="button"
                    className="btn small wrap"
                    onClick={() => void app.answers.regenerate(conversationId, message, model)}
                  >
                    Answer with {model}
                  </button>
                ),
              )}
              {doesNotFit ? (
                <WaysToFit
                  model={name}
                  instead={instead}
                  onModel={(other) => void app.answers.regenerate(conversationId, message, other)}
                />
              ) : null}
              {ending.code === undefined ? null : (
                <CopyButton text={() => detailsOf(message)} label="Copy details" className="btn small quiet" hasWords />
              )}
            </div>
          )}
        </div>
      </div>
    </>
  );
}

function FailureId({ code, id }: { readonly code: string; readonly id: string | undefined }) {
  return (
    <>
      Error <code>{code}</code>
      {id === undefined ? null : (
        <>
          , id <code>{id}</code>
        </>
      )}
      .
    </>
  );
}

function detailsOf(message: MessageView): string {
  return failureDetails({
    error: message.error?.code,
    title: message.error?.title,
    detail: message.error?.detail,
    model: message.receipt?.model ?? message.model,
    engine: message.receipt?.engine,
    attempts: message.receipt?.attempts.map(({ model, engine, outcome, code }) => `${model} on ${engine}: ${code ?? outcome}`).join('; '),
    generation: message.generation_id,
    at: formatExact(message.created_at),
  });
}
