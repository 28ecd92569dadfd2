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
    ...toField(problem),
    ...(requestId === undefined ? {} : { request_id: requestId }),
  };
}

/** What is wrong where whoever refused did not know by which name the request had it. */
const FIELDS: Readonly<Partial<Record<ProblemCode, string>>> = {
  model_not_found: 'name',
  conversation_not_found: 'id',
  generation_not_found: 'id',
  message_not_found: 'message_id',
  import_refused: 'body',
};

function toField({ field, code }: Problem): { readonly field?: string } {
  const name = field ?? FIELDS[code];
  return name === undefined ? {} : { field: name };
}

interface KnownError {
  readonly code: ProblemCode;
  readonly detail: string;
  /** What of the request is wrong. */
  readonly field: string;
}

/** What the web framework throws before a handler runs, in our words. */
const FRAMEWORK_ERRORS: Readonly<Record<string, KnownError>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: {
    code: 'body_too_large',
    detail: 'The body is larger than 2 MB, or than 16 MB for an import.',
    field: 'body',
  },
  FST_ERR_CTP_INVALID_MEDIA_TYPE: { code: 'unsupported_media_type', detail: 'The body is not declared as JSON.', field: 'Content-Type' },
  FST_ERR_CTP_EMPTY_JSON_BODY: { code: 'invalid_json', detail: 'The body is empty.', field: 'body' },
  FST_ERR_CTP_INVALID_JSON_BODY: { code: 'invalid_json', detail: 'The body is not JSON.', field: 'body' },
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: {
    code: 'invalid_request',
    detail: 'The body is not as long as its Content-Length says.',
    field: 'Content-Length',
  },
  FST_ERR_BAD_URL: { code: 'invalid_request', detail: 'The address is not a valid URL.', field: 'path' },
  FST_ERR_MAX_PARAM_LENGTH: { code: 'invalid_request', detail: 'A part of the address is too long.', field: 'path' },
  FST_ERR_ASYNC_CONSTRAINT: { code: 'invalid_request', detail: 'The request cannot be routed.', field: 'path' },
  ECONNRESET: { code: 'invalid_request', detail: 'The client left while the body was read.', field: 'body' },
};

/** Whatever was thrown, as a problem. What nobody foresaw becomes `internal_error` with no word of its cause, which is for the log alone. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  const known = FRAMEWORK_ERRORS[code];
  if (known) return new Problem(known.code, known.detail, { cause: error, field: known.field });
  return new Problem('internal_error', 'An error that nobody foresaw.', { cause: error });
}
