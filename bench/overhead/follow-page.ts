import { request } from 'node:http';

/** Holds the stream open that a page has, and takes what comes of it. */
export function followPage(url: string, token: string): Promise<AsyncDisposable> {
  const { promise, resolve, reject } = Promise.withResolvers<AsyncDisposable>();
  const sent = request(`${url}/api/events`, { headers: { authorization: `Bearer ${token}` } }, (response) => {
    response.on('error', () => {}).resume();
    if (response.statusCode !== 200) {
      reject(new Error(`the stream of a page got status ${response.statusCode}`));
      return;
    }
    resolve({
      [Symbol.asyncDispose]() {
        sent.destroy();
        return Promise.resolve();
      },
    });
  });
  sent.on('error', reject);
  sent.end();
  return promise;
}
