import { PAGE_REMEDIES, toRemedy } from '@pilotlight/contract';
import type { ProblemDetails } from '@pilotlight/contract';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
  /** Goes on its way although the page is being left. */
  readonly outlivesPage?: boolean;
}

/** A file on its way to the server. */
export interface Upload {
  readonly path: string;
  readonly file: Blob;
  readonly signal: AbortSignal;
  /** How much of it is sent, 0 to 1. */
  readonly onProgress: (share: number) => void;
}

/** HTTP towards our own server. */
export interface Http {
  /** The body of the answer as JSON, undefined if it has none. Throws `RequestRefused` or `ConnectionLost`, or the signal's reason. */
  send(request: ApiRequest): Promise<unknown>;
  /** Sends a file as it is. Throws as `send` does. */
  upload(upload: Upload): Promise<unknown>;
  /** The text of an event stream as it comes; ends where the server ends it. Throws as `send` does, also while it is read. */
  stream(path: string, signal: AbortSignal): Promise<AsyncIterable<string>>;
}

/** The server answered, and said no. What helps is said in words of the page. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
  readonly problem: ProblemDetails;
  readonly retryAfterMs: number | undefined;
  constructor(problem: ProblemDetails, retryAfterMs?: number) {
    super(`${problem.code}: ${problem.detail}`);
    const { code, remedy: sent, request_id: requestId } = problem;
    const retryAfterSeconds = retryAfterMs === undefined ? undefined : Math.ceil(retryAfterMs / 1000);
    this.problem = { ...problem, remedy: toRemedy(PAGE_REMEDIES, { code, sent, requestId, retryAfterSeconds }) };
    this.retryAfterMs = retryAfterMs;
  }
}

/** No answer came, or it broke off. Whether the server got the request is not known. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
}

/** The problem in the body of an answer; one in words if the body is none of ours (a proxy's page, say). */
export function toProblem(status: number, body: unknown): ProblemDetails {
  if (isProblem(body)) return body;
  return {
    type: 'about:blank',
    code: `http_${status}`,
    title: `The server answered with status ${status}`,
    status,
    detail: 'Its answer has no explanation.',
    remedy: 'Try again. If it stays so, look into the log of the server, and of what stands in front of it.',
    source: 'app',
  };
}

function isProblem(body: unknown): body is ProblemDetails {
  return (
    typeof body === 'object' && body !== null && 'code' in body && typeof body.code === 'string' && 'title' in body && 'detail' in body
  );
}
