import { NetworkError } from '@pilotlight/contract';
import type { NetworkFailure } from '@pilotlight/contract';

const FAILURES: Readonly<Record<string, readonly [NetworkFailure, string]>> = {
  ECONNREFUSED: ['refused', 'connection refused'],
  ENOTFOUND: ['unreachable', 'no such host name'],
  EAI_AGAIN: ['unreachable', 'the host name could not be looked up'],
  EHOSTUNREACH: ['unreachable', 'no route to the host'],
  ENETUNREACH: ['unreachable', 'no route to the network'],
  EADDRNOTAVAIL: ['unreachable', 'the address cannot be reached from here'],
  EACCES: ['unreachable', 'the connection is not permitted'],
  EPERM: ['unreachable', 'the connection is not permitted'],
  ETIMEDOUT: ['timeout', 'no connection in time'],
  UND_ERR_CONNECT_TIMEOUT: ['timeout', 'no connection in time'],
  UND_ERR_HEADERS_OVERFLOW: ['invalid', 'the header of the answer is too large'],
  UND_ERR_INVALID_ARG: ['invalid', 'the request is not valid'],
  ERR_SSL_WRONG_VERSION_NUMBER: ['invalid', 'the other side does not speak TLS'],
};

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  if (error instanceof AggregateError) return codeOf(error.errors[0]);
  return '';
}

/** What went wrong below HTTP, in the words of the seam. Anything unknown is a connection that broke. */
export function toNetworkError(error: unknown): NetworkError {
  if (error instanceof NetworkError) return error;
  const code = codeOf(error);
  const known = FAILURES[code];
  if (known !== undefined) return new NetworkError(known[0], known[1], { cause: error });
  if (error instanceof Error && error.name === 'HTTPParserError' && code !== 'HPE_INVALID_EOF_STATE') {
    return new NetworkError('invalid', 'what came is no HTTP', { cause: error });
  }
  return new NetworkError('cut', 'the connection broke', { cause: error });
}
