import { ConnectionLost, RequestRefused, toProblem, type Http, type Upload } from '../api/http.ts';

export const browserHttp: Http = {
  async send({ method, path, body, signal, outlivesPage = false }) {
    const response = await request(path, {
      method,
      headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
      keepalive: outlivesPage,
    });
    const text = await response.text().catch((error: unknown) => {
      throw new ConnectionLost('the answer broke off', { cause: error });
    });
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  },

  upload,

  async stream(path, signal) {
    const response = await request(path, { headers: { accept: 'text/event-stream' }, signal, cache: 'no-store' });
    return readText(response, signal);
  },
};

/** The older interface, because it alone tells how much has been sent. */
function upload({ path, file, signal, onProgress }: Upload): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const call = new XMLHttpRequest();
    call.open('POST', path);
    call.setRequestHeader('accept', 'application/json');
    // What it is, the server decides by its content.
    call.setRequestHeader('content-type', 'application/octet-stream');
    call.responseType = 'json';
    call.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total === 0 ? 0 : loaded / total));
    call.addEventListener('load', () => {
      if (call.status < 300) resolve(call.response);
      else reject(new RequestRefused(toProblem(call.status, call.response)));
    });
    call.addEventListener('error', () => reject(new ConnectionLost('no answer from the server')));
    call.addEventListener('abort', () => reject(new ConnectionLost('the upload was ended')));
    signal.addEventListener('abort', () => call.abort(), { once: true });
    call.send(file);
  });
}

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
