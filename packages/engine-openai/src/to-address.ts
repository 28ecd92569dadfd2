/** Where a server's calls go. */
export interface ServerAddress {
  /** As it is shown. */
  readonly shown: string;
  /** Before `/chat/completions`. */
  readonly api: string;
  /** Before what lies beside the API, such as `/health`. */
  readonly server: string;
}

/** The address as clients of OpenAI write it: with a path it is where the API begins; without one the API is at `/v1`. */
export function toAddress(text: string): ServerAddress {
  const { origin, pathname } = new URL(text);
  const path = pathname.replace(/\/+$/, '');
  return { shown: `${origin}${path}`, api: `${origin}${path === '' ? '/v1' : path}`, server: `${origin}${path.replace(/\/v1$/, '')}` };
}
