import { useApp } from '../../app/create-app.ts';
import { Icon } from '../../ui/icon.tsx';
import { neighbourVersion, type ThreadEntry } from './tree.ts';

/** ‹ 2 of 3 ›: the other messages that stand at this place. */
export function Versions({ conversationId, entry }: { readonly conversationId: string; readonly entry: ThreadEntry }) {
  const app = useApp();
  if (entry.versions.length < 2) return null;
  const show = (id: string | undefined): void => {
    if (id !== undefined) void app.conversations.select(conversationId, id);
  };
  const before = neighbourVersion(entry, -1);
  const after = neighbourVersion(entry, 1);
  return (
    <span className="ver">
      <button
        type="button"
        className="btn quiet icon small"
        aria-label="Version before"
        aria-disabled={before === undefined}
        onClick={() => show(before)}
      >
        <Icon name="back" />
      </button>
      <span>
        {entry.versions.indexOf(entry.message.id) + 1} of {entry.versions.length}
      </span>
      <button
        type="button"
        className="btn quiet icon small"
        aria-label="Next version"
        aria-disabled={after === undefined}
        onClick={() => show(after)}
      >
        <Icon name="forward" />
      </button>
    </span>
  );
}
