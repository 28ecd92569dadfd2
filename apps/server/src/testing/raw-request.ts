import { connect } from 'node:net';

export interface RawAnswer {
  /** 0: the connection was closed without an answer. */
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

/** Sends bytes as they are and reads the answer until the other side closes, or its Content-Length is there. */
export function rawRequest(port: number, bytes: string | Uint8Array): Promise<RawAnswer> {
  const { promise, resolve } = Promise.withResolvers<RawAnswer>();
  const socket = connect(port, '127.0.0.1');
  const pieces: Buffer[] = [];
  const finish = (): void => {
    socket.destroy();
    resolve(parse(Buffer.concat(pieces).toString('utf8')));
  };
  socket.on('error', finish);
  socket.on('close', finish);
  socket.on('data', (piece: Buffer) => {
    pieces.push(piece);
    if (isComplete(Buffer.concat(pieces).toString('latin1'))) finish();
  });
  socket.write(bytes);
  return promise;
}

function isComplete(text: string): boolean {
  const end = text.indexOf('\r\n\r\n');
  if (end === -1) return false;
  const length = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1];
  return length !== undefined && text.length >= end + 4 + Number(length);
}

function parse(text: string): RawAnswer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()] as const);
  return { status: Number(first.split(' ')[1] ?? 0), headers: new Map(headers), body: rest.join('\r\n\r\n') };
}
