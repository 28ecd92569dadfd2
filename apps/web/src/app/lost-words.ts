import { formatSeconds } from '../ui/format.ts';

const SOON_MS = 500;

/** What is known while no connection stands: not whether the server is there. `hasPicture`: it was there since this page was opened. */
export function lostWords(
  { lostAt, retryAt, hasPicture = true }: { readonly lostAt: number; readonly retryAt: number; readonly hasPicture?: boolean },
  now: number,
): string {
  const wait = Math.max(0, retryAt - now);
  const retry = wait < SOON_MS ? 'trying again now' : `trying again in ${formatSeconds(Math.ceil(wait / 1000))}`;
  if (!hasPicture)
    return `The server does not answer. What you write is kept in this browser; chats and models come with the server, ${retry}.`;
  return `The server has not answered for ${formatSeconds((now - lostAt) / 1000)}. What is written here stays; ${retry}.`;
}
