import { useAppState } from '../../app/create-app.ts';
import { Icon } from '../../ui/icon.tsx';

/** Above a chat that is kept nowhere, before its first message and after. */
export function TemporaryNote({ conversationId }: { readonly conversationId: string | undefined }) {
  const isTemporary = useAppState((state) =>
    conversationId === undefined ? state.newChat.isTemporary : state.views[conversationId]?.temporary === true,
  );
  if (!isTemporary) return null;
  return (
    <div className="cols temporary" role="note">
      <div className="m">
        <Icon name="temporary" size={14} />
        <span>temporary</span>
      </div>
      <p>
        {conversationId === undefined ? 'This chat will be' : 'This chat is'} in no list, no search and no export. It ends with this tab, at
        the latest with the server.
      </p>
    </div>
  );
}
