import { useAppState } from './create-app.ts';
import { useNow } from './ports.ts';

/** A connection that breaks for less than this was no absence: most come back before anybody could read of it. */
const SHOWN_AFTER_MS = 600;

/** Whether the server is away. What the page knows of models and answers is then what it heard last, and nothing that is so now. */
export function useAway(): boolean {
  const connection = useAppState((state) => state.connection);
  const now = useNow(500, connection.kind === 'lost');
  return connection.kind === 'lost' && now - connection.lostAt >= SHOWN_AFTER_MS;
}
