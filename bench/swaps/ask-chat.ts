export interface ChatQuestion {
  readonly url: string;
  readonly body: object;
  /** Stands in the stream with the first text. */
  readonly firstMark: string;
  /** Stands in the end of a whole answer. */
  readonly endMark: string;
  readonly limitMs: number;
}

/** Asks once and reads to the end; gives the time to the first text. Throws if the answer is not whole, or not there in time. */
export async function askChat({ url, body, firstMark, endMark, limitMs }: ChatQuestion): Promise<number> {
  const startedMs = performance.now();
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(limitMs),
  });
  let text = '';
  let firstMs: number | undefined;
  const decoder = new TextDecoder();
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece, { stream: true });
    if (firstMs === undefined && text.includes(firstMark)) firstMs = performance.now() - startedMs;
  }
  if (!response.ok || firstMs === undefined || !text.includes(endMark)) throw new Error(`status ${response.status}: ${text.slice(-200)}`);
  return firstMs;
}
