import { useApp } from '../../app/create-app.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { Icon } from '../../ui/icon.tsx';
import { toEnding } from './ending-words.ts';
import type { ThreadEntry } from './tree.ts';
import { Versions } from './versions.tsx';

/** Under an answer that has ended: copy, regenerate, its other versions. */
export function AnswerActionsRow({ conversationId, entry }: { readonly conversationId: string; readonly entry: ThreadEntry }) {
  const app = useApp();
  const { message, versions } = entry;
  // An answer that is not whole has this among its ways on, in words.
  const hasOwnRegenerate = toEnding(message) !== undefined && !(toEnding(message)?.isCalm === true && message.content !== '');
  if (hasOwnRegenerate && message.content === '' && versions.length < 2) return null;
  return (
    <div className={versions.length > 1 ? 'acts kept' : 'acts'}>
      {message.content === '' ? null : <CopyButton text={() => message.content} label="Copy" className="btn quiet icon small" />}
      {hasOwnRegenerate ? null : (
        <button
          type="button"
          className="btn quiet icon small"
          aria-label="Regenerate"
          title="Regenerate"
          onClick={() => void app.answers.regenerate(conversationId, message)}
        >
          <Icon name="regenerate" />
        </button>
      )}
      <button
        type="button"
        className="btn quiet icon small"
        aria-label="Details of this answer"
        title="Details of this answer"
        onClick={() => app.showPanel({ answerId: message.id, part: 'receipt' })}
      >
        <Icon name="panel" />
      </button>
      <Versions conversationId={conversationId} entry={entry} />
    </div>
  );
}
