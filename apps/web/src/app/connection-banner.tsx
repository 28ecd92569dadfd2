import { HELD_BACK } from '@pilotlight/contract';

import { useAppState, useApp } from './create-app.ts';
import { useNow } from './ports.ts';
import { lostWords } from './lost-words.ts';
import { useAway } from './use-away.ts';

/** While the server is away: since when, when it is tried again, and that nothing on the page is lost. */
export function ConnectionBanner() {
  const app = useApp();
  const connection = useAppState((state) => state.connection);
  const hasPicture = useAppState((state) => state.models !== undefined);
  const isAway = useAway();
  const now = useNow(500, isAway);
  if (connection.kind === 'refused' && connection.status !== 401) return <RefusedBanner status={connection.status} onTry={app.tryNow} />;
  if (connection.kind !== 'lost' || !isAway) return null;
  return (
    <div className="banner">
      <div className="cols">
        <div className="m">{hasPicture ? 'Reconnecting' : 'Server away'}</div>
        <p>
          {lostWords({ ...connection, hasPicture }, now)}
          <button type="button" className="linkish" onClick={app.tryNow}>
            Try now
          </button>
        </p>
      </div>
    </div>
  );
}

/** Once it was seen that something between here and the server gathers answers and passes them on in lumps. */
export function HeldBackBanner() {
  const isHeldBack = useAppState((state) => state.isHeldBack);
  if (!isHeldBack) return null;
  return (
    <div className="banner">
      <div className="cols">
        <div className="m">{HELD_BACK.title}</div>
        <p>
          {HELD_BACK.detail} {HELD_BACK.remedy}
        </p>
      </div>
    </div>
  );
}

/** An update of the server brought a newer page. It is never loaded behind the back of whoever reads or writes here. */
export function NewerPageBanner() {
  const hasNewerPage = useAppState((state) => state.hasNewerPage);
  if (!hasNewerPage) return null;
  return (
    <div className="banner calm">
      <div className="cols">
        <div className="m">Updated</div>
        <p>
          The server has a newer version of this page. Drafts and answers stay.
          <button type="button" className="linkish" onClick={() => window.location.reload()}>
            Load it
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
