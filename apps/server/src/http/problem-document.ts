import { Problem } from '@pilotlight/contract';
import type { ProblemCode, ProblemDetails } from '@pilotlight/contract';

/** The body of an error answer (RFC 9457). `type` leads to the words about this code in the reference that the server itself serves. */
export function toProblemDocument(problem: Problem, requestId?: string): ProblemDetails {
  return {
    ...problem.facts,
    type: `/docs#problem-${problem.code}`,
    code: problem.code,
    title: problem.title,
    status: problem.status,
    detail: problem.detail,
    remedy: problem.remedy,
    source: problem.source,
    ...(problem.field === undefined ? {} : { field: problem.field }),
    ...(requestId === undefined ? {} : { request_id: requestId }),
  };
}

interface KnownError {
  readonly code: ProblemCode;
  readonly detail: string;
}

/** What the web framework throws before a handler runs, in our words. */
const FRAMEWORK_ERRORS: Readonly<Record<string, KnownError>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: { code: 'body_too_large', detail: 'The body is larger than 2 MB, or than 16 MB for an import.' },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'unsupported_media_type', detail: 'The body is not declared as JSON.' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'invalid_json', detail: 'The body is empty.' },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'invalid_json', detail: 'The body is not JSON.' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: { code: 'invalid_request', detail: 'The body is not as long as its Content-Length says.' },
  FST_ERR_BAD_URL: { code: 'invalid_request', detail: 'The address is not a valid URL.' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'invalid_request', detail: 'A part of the address is too long.' },
  FST_ERR_ASYNC_CONSTRAINT: { code: 'invalid_request', detail: 'The request cannot be routed.' },
  ECONNRESET: { code: 'invalid_request', detail: 'The client left while the body was read.' },
};

/** Whatever was thrown, as a problem. What nobody foresaw becomes `internal_error` with no word of its cause, which is for the log alone. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = FRAMEWORK_ERRORS[code];
  if (known) return new Problem(known.code, known.detail, { cause: error });
  return new Problem('internal_error', 'An error that nobody foresaw.', { cause: error });
}
