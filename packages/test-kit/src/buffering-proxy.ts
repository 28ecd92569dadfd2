import { createServer, request } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A proxy that holds bodies back, as nginx does with `proxy_buffering on` in front of a server whose wishes it does not heed. */
export interface BufferingProxy extends AsyncDisposable {
  readonly url: string;
}

export interface BufferingProxyOptions {
  readonly target: string;
  /** So much of a body is gathered before any of it is passed on; what is left goes out at its end. */
  readonly bufferBytes: number;
}

export async function startBufferingProxy({ target, bufferBytes }: BufferingProxyOptions): Promise<BufferingProxy> {
  const server = createServer((incoming, outgoing) => {
    const headers = { ...incoming.headers, host: new URL(target).host };
    const forwarded = request(new URL(incoming.url ?? '/', target), { method: incoming.method, headers }, (answer) =>
      passOn(answer, outgoing, bufferBytes),
    );
    forwarded.on('error', () => outgoing.destroy());
    outgoing.on('close', () => forwarded.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function passOn(answer: IncomingMessage, outgoing: ServerResponse, bufferBytes: number): void {
  outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
  let held: Buffer[] = [];
  let size = 0;
  const release = (): void => {
    if (held.length > 0) outgoing.write(Buffer.concat(held));
    held = [];
    size = 0;
  };
  answer.on('data', (piece: Buffer) => {
    held.push(piece);
    size += piece.length;
    if (size >= bufferBytes) release();
  });
  answer.on('end', () => {
    release();
    outgoing.end();
  });
  answer.on('error', () => outgoing.destroy());
}
