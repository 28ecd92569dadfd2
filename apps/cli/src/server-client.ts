import { COMMAND_REMEDIES, toRemedy } from '@pilotlight/contract';
import type { ServerSentEvent } from '@pilotlight/contract';

export interface EventsRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
  readonly signal: AbortSignal;
  /** Called once if the stream is seen to come in lumps, as through a proxy that buffers. */
  readonly onHeldBack?: () => void;
}

/** The server at the other end, spoken to over HTTP. */
export interface ServerClient {
  readonly url: string;
  /** The JSON answer. Throws `ServerFailure` with words if the server is away or answers with a problem. */
  request(method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', path: string, body?: unknown): Promise<unknown>;
  /** Sends a file as the body of a POST. The JSON answer; throws like `request`. */
  upload(path: string, bytes: Uint8Array): Promise<unknown>;
  /** The text that a GET is answered with. Throws like `request`. */
  text(path: string): Promise<string>;
  /** The events as they come, until the stream ends or the signal aborts. Throws like `request`. */
  events(request: EventsRequest): AsyncIterable<ServerSentEvent>;
}

/** A failure that has words for the person in front of it. */
export class ServerFailure extends Error {
  override readonly name = 'ServerFailure';
  readonly code: string;
  readonly remedy: string;
  constructor(message: string, options: ErrorOptions & { readonly code: string; readonly remedy: string }) {
    super(message, options);
    this.code = options.code;
    this.remedy = options.remedy;
  }
}

/**
 * The problem document of an answer as a failure, with the command that helps; tolerant, as another server may stand at the address. `retryAfter` is the
 * header of that name.
 */
export function toFailure(status: number, body: unknown, retryAfter: string | null = null): ServerFailure {
  const fields = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
  const word = (name: string): string | undefined => (typeof fields[name] === 'string' ? fields[name] : undefined);
  const title = word('title') ?? `The server answered with status ${status}`;
  const detail = word('detail');
  const code = word('code') ?? 'unknown';
  const remedy = toRemedy(COMMAND_REMEDIES, {
    code,
    sent: word('remedy') ?? 'Check that the address is that of a Pilotlight server.',
    requestId: word('request_id'),
    retryAfterSeconds: retryAfter !== null && /^\d{1,9}$/.test(retryAfter) ? Number(retryAfter) : undefined,
  });
  return new ServerFailure(detail === undefined ? title : `${title}: ${detail}`, { code, remedy });
}
