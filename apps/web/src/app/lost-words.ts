import { formatSeconds } from '../ui/format.ts';

const SOON_MS = 500;

/** What is known while no connection stands: not whether the server is there. */
export function lostWords({ lostAt, retryAt }: { readonly lostAt: number; readonly retryAt: number }, now: number): string {
  const wait = Math.max(0, retryAt - now);
  const retry = wait < SOON_MS ? 'trying again now' : `trying again in ${formatSeconds(Math.ceil(wait / 1000))}`;
  return `The server has not answered for ${formatSeconds((now - lostAt) / 1000)}. What is written here stays; ${retry}.`;
}
