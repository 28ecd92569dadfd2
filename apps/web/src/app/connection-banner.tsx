import { useAppState, useApp } from './create-app.ts';
import { useNow } from './ports.ts';
import { formatSeconds } from '../ui/format.ts';

const SHOWN_AFTER_MS = 600;

/** While the server is away: since when, when it is tried again, and that nothing on the page is lost. */
export function ConnectionBanner() {
  const app = useApp();
  const connection = useAppState((state) => state.connection);
  const isRunning = useAppState(
    (state) => state.conversations?.some((conversation) => conversation.running_generation_id !== undefined) ?? false,
  );
  const now = useNow(500, connection.kind === 'lost');
  if (connection.kind === 'refused' && connection.status !== 401) return <RefusedBanner status={connection.status} onTry={app.tryNow} />;
  if (connection.kind !== 'lost' || now - connection.lostAt < SHOWN_AFTER_MS) return null;
  const wait = Math.max(0, connection.retryAt - now);
  const retry = wait < 500 ? 'trying now' : `trying again in ${formatSeconds(Math.ceil(wait / 1000))}`;
  return (
    <div className="banner">
      <div className="cols">
        <div className="m">Reconnecting</div>
        <p>
          Lost the server {formatSeconds((now - connection.lostAt) / 1000)} ago; {retry}.{' '}
          {isRunning ? 'What is here stays, and the answer goes on there.' : 'What is here stays.'}
          <button type="button" className="linkish" onClick={app.tryNow}>
            Try now
          </button>
        </p>
      </div>
    </div>
  );
}

function RefusedBanner({ status, onTry }: { readonly status: number; readonly onTry: () => void }) {
  return (
    <div className="banner">
      <div className="cols">
        <div className="m">Not connected</div>
        <p>
          The server refused the stream of events (status {status}), so this page does not follow what happens.
          <button type="button" className="linkish" onClick={onTry}>
            Try again
          </button>
        </p>
      </div>
    </div>
  );
}
