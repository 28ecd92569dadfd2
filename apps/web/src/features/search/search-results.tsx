import { lazy, Suspense, useEffect } from 'react';

import { announce } from '../../app/announcer.tsx';
import { useApp, useAppState } from '../../app/create-app.ts';
import { useNow } from '../../app/ports.ts';
import { useStore } from '../../app/store.ts';
import { ConversationItem } from '../conversations/conversation-item.tsx';
import { MessageHit } from './message-hit.tsx';
import { countedWords, searchWords } from './search-words.ts';
import { titleRows, type TitleRow } from './title-rows.ts';

const CommandRows = lazy(async () => ({ default: (await import('./command-rows.tsx')).CommandRows }));
const MINUTE_MS = 60_000;

/** What was found: models and actions, titles at once, messages when the server has answered. */
export function SearchResults({ onLeave }: { readonly onLeave: () => void }) {
  const { search } = useApp();
  const state = useStore(search.state, (value) => value);
  const listed = useAppState((value) => value.conversations);
  const titles = titleRows(state.query, listed ?? [], state.hits);
  const words = searchWords(state, titles.length);
  const said = words ?? countedWords(state, titles.length);
  useEffect(() => announce(said), [said]);
  return (
    <>
      <Suspense fallback={null}>
        <CommandRows query={state.query} onLeave={onLeave} />
      </Suspense>
      {titles.length === 0 ? null : <Titles rows={titles} onLeave={onLeave} />}
      <Messages onLeave={onLeave} />
      {words === undefined ? null : <p className="none">{words}</p>}
      {state.answer.kind === 'failed' ? (
        <button type="button" className="btn small" onClick={() => search.again()}>
          Search again
        </button>
      ) : null}
      {state.answer.kind === 'found' && state.answer.next !== null ? (
        <button type="button" className="btn quiet small" onClick={() => search.more()}>
          More of them
        </button>
      ) : null}
    </>
  );
}

function Titles({ rows, onLeave }: { readonly rows: readonly TitleRow[]; readonly onLeave: () => void }) {
  const { router } = useApp();
  const route = useStore(router.route, (value) => value);
  return (
    <section aria-label="Titles">
      <h2>Titles</h2>
      <ul>
        {rows.map(({ conversation, marks }) => (
          <ConversationItem
            key={conversation.id}
            conversation={conversation}
            marks={marks}
            isCurrent={route.page === 'conversation' && route.id === conversation.id}
            onLeave={onLeave}
          />
        ))}
      </ul>
    </section>
  );
}

function Messages({ onLeave }: { readonly onLeave: () => void }) {
  const { search } = useApp();
  const hits = useStore(search.state, (state) => state.hits);
  const now = useNow(MINUTE_MS);
  if (!hits.some(({ message_id: message }) => message !== undefined)) return null;
  return (
    <section aria-label="Messages">
      <h2>Messages</h2>
      <ul>
        {hits.map((hit) =>
          hit.message_id === undefined ? null : (
            <MessageHit
              key={`${hit.message_id} ${hit.attachment?.id ?? ''}`}
              hit={hit}
              messageId={hit.message_id}
              now={now}
              onLeave={onLeave}
            />
          ),
        )}
      </ul>
    </section>
  );
}
