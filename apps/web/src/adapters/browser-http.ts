import { ConnectionLost, RequestRefused, toProblem, type Http } from '../api/http.ts';

export const browserHttp: Http = {
  async send({ method, path, body, signal }) {
    const response = await request(path, {
      method,
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    const text = await response.text().catch((error: unknown) => {
      throw new ConnectionLost('the answer broke off', { cause: error });
    });
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  },

  async stream(path, signal) {
    const response = await request(path, { headers: { accept: 'text/event-stream' }, signal, cache: 'no-store' });
    return readText(response, signal);
  },
};

async function request(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(path, { ...init, credentials: 'same-origin', redirect: 'error' }).catch((error: unknown) => {
    init.signal?.throwIfAborted();
    throw new ConnectionLost('no answer from the server', { cause: error });
  });
  if (response.ok) return response;
  const body = await response.json().catch(() => undefined);
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  throw new RequestRefused(toProblem(response.status, body), Number.isFinite(retryAfter) ? retryAfter * 1000 : undefined);
}

async function* readText(response: Response, signal: AbortSignal): AsyncGenerator<string> {
  if (response.body === null) return;
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value;
  } catch (error) {
    signal.throwIfAborted();
    throw new ConnectionLost('the stream broke off', { cause: error });
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
