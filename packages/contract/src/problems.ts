import { z } from 'zod';

import { wayToFitSchema } from './models-wire.ts';
import { estimateSchema } from './phases.ts';

interface ProblemKind {
  readonly status: number;
  readonly title: string;
  /** What the reader can do about it. */
  readonly remedy: string;
}

/** Every error that a person or a client can meet, by its stable code. docs/problems.md is made from it. */
export const PROBLEMS = {
  invalid_request: { status: 400, title: 'The request is not valid', remedy: 'Correct the field that is named and send it again.' },
  invalid_json: { status: 400, title: 'The body is not valid JSON', remedy: 'Send one JSON object, encoded as UTF-8.' },
  unauthorized: {
    status: 401,
    title: 'An access token is needed',
    remedy: 'Send the value of PILOTLIGHT_TOKEN as "Authorization: Bearer …".',
  },
  host_not_allowed: {
    status: 403,
    title: 'This host name is not allowed',
    remedy: 'Open the address that the server printed at its start, or add the name to PILOTLIGHT_ALLOWED_HOSTS.',
  },
  origin_not_allowed: {
    status: 403,
    title: 'Requests from this page are not allowed',
    remedy: 'Use the page that this server itself serves.',
  },
  not_found: { status: 404, title: 'There is nothing at this address', remedy: 'See /docs for all addresses.' },
  preset_not_found: { status: 404, title: 'There is no such preset', remedy: 'GET /api/presets lists those there are.' },
  model_not_found: { status: 404, title: 'There is no such model', remedy: 'GET /api/models lists the models there are.' },
  conversation_not_found: { status: 404, title: 'There is no such conversation', remedy: 'GET /api/conversations lists those there are.' },
  message_not_found: { status: 404, title: 'There is no such message', remedy: 'Read the conversation again.' },
  generation_not_found: { status: 404, title: 'There is no such generation', remedy: 'Read the conversation to find its generations.' },
  attachment_not_found: {
    status: 404,
    title: 'There is no such attachment',
    remedy: 'Upload the file again; one that no message refers to is kept for a day.',
  },
  method_not_allowed: {
    status: 405,
    title: 'This address does not take this method',
    remedy: 'See /docs for the methods of each address.',
  },
  conflict: { status: 409, title: 'The id is already used for something else', remedy: 'Send a new id.' },
  conversation_deleted: {
    status: 409,
    title: 'The conversation was deleted',
    remedy: 'Restore it with POST /api/conversations/{id}/restore, or write in another one.',
  },
  conversation_temporary: {
    status: 409,
    title: 'The conversation is temporary',
    remedy: 'Copy what is to be kept, or begin a conversation that is not temporary.',
  },
  nothing_to_continue: {
    status: 409,
    title: 'There is nothing to go on from',
    remedy: 'Ask the next question, or have this one answered once more: regenerate.',
  },
  generation_running: { status: 409, title: 'An answer is still being written here', remedy: 'Wait for it, or stop it first.' },
  body_too_large: { status: 413, title: 'The request is too large', remedy: 'Send less; the limit is in the detail.' },
  unsupported_media_type: {
    status: 415,
    title: 'The body is of the wrong type',
    remedy: 'Send "Content-Type: application/json", or what the detail names.',
  },
  attachment_refused: {
    status: 415,
    title: 'This file cannot be attached',
    remedy: 'Attach text or code in UTF-8, a PDF with text in it, or an image: PNG, JPEG, WebP, GIF.',
  },
  attachment_too_large: { status: 413, title: 'The file is too large', remedy: 'Attach a smaller file; the limit is in the detail.' },
  attachment_in_use: { status: 409, title: 'A message refers to this attachment', remedy: 'Delete the conversation to remove it.' },
  not_supported: { status: 422, title: 'The model cannot do this', remedy: 'Pick a model with the capability that is named.' },
  continue_not_supported: {
    status: 422,
    title: 'The model cannot go on from a text',
    remedy: 'Have the question answered once more: regenerate. Or pick a model that can go on.',
  },
  context_too_long: {
    status: 422,
    title: "The conversation does not fit into the model's context",
    remedy:
      'Start a new conversation, shorten the message, pick a model with a longer context, or let the oldest messages be left out or summarised.',
  },
  import_refused: {
    status: 422,
    title: 'Nothing of it could be imported',
    remedy: 'Send an export of Pilotlight, Open WebUI, LibreChat or ChatGPT as JSON.',
  },
  too_many_attempts: {
    status: 429,
    title: 'Too many wrong tokens came from this address',
    remedy: 'Wait for the time given in Retry-After. Other addresses are not affected.',
  },
  too_many_streams: { status: 429, title: 'Too many streams are open', remedy: 'Close some, or wait for one to end.' },
  internal_error: { status: 500, title: 'Something went wrong inside the server', remedy: 'The log has the cause under this request id.' },
  engine_error: { status: 502, title: 'The engine reported an error', remedy: "See the detail; the engine's own log may say more." },
  engine_protocol: {
    status: 502,
    title: "The engine's answer could not be understood",
    remedy: 'Check that the address is that of the engine it is meant to be.',
  },
  answer_cut: { status: 502, title: 'The answer broke off', remedy: 'What was written is kept. Ask again to get a whole one.' },
  engine_died: {
    status: 502,
    title: "The engine's process ended",
    remedy: 'What was written is kept. The model loads again with the next message.',
  },
  engine_unreachable: {
    status: 503,
    title: 'The engine does not answer',
    remedy: 'Start it, or correct its address. Models of other engines can be used meanwhile.',
  },
  model_load_failed: {
    status: 503,
    title: 'The model could not be loaded',
    remedy: 'See the detail for the cause. Another model can be used meanwhile.',
  },
  model_out_of_memory: { status: 503, title: 'The model did not fit into memory', remedy: 'Unload another model, or pick a smaller one.' },
  model_file_invalid: {
    status: 503,
    title: "The model's file is damaged or not supported",
    remedy: 'Fetch the file again, or pick another model.',
  },
  model_wedged: {
    status: 503,
    title: 'The model is in memory but does not answer',
    remedy: 'Unload it and load it again, or pick another model.',
  },
  no_model: {
    status: 503,
    title: 'There is no model that can answer',
    remedy: 'Put a .gguf file into the models folder, or start Ollama.',
  },
  model_too_large: {
    status: 507,
    title: 'The model does not fit into the memory there is',
    remedy: 'Pick a smaller model or a shorter context, raise MEMORY_BUDGET, or end other programs.',
  },
  queue_full: { status: 503, title: 'Too many requests are waiting', remedy: 'Try again after the time given in Retry-After.' },
  queue_timeout: {
    status: 503,
    title: 'Its turn did not come in time',
    remedy: 'Try again after the time given in Retry-After, or send a longer options.queue_timeout.',
  },
  shutting_down: { status: 503, title: 'The server is shutting down', remedy: 'Try again when it has started.' },
  storage_unavailable: {
    status: 503,
    title: 'The conversation could not be stored',
    remedy: 'Free disk space in the data folder, or correct its permissions; with DATABASE_URL, see to the database server.',
  },
  storage_full: {
    status: 507,
    title: 'There is no space left to store it',
    remedy: 'Free space on the disk of the data folder. Messages are taken again within seconds of that, without a restart.',
  },
  data_folder_in_use: {
    status: 503,
    title: 'The data folder is in use',
    remedy: 'Stop it, or set PILOTLIGHT_DATA to another folder, or DATABASE_URL to another database.',
  },
  load_stalled: {
    status: 504,
    title: 'Loading made no progress',
    remedy: 'Raise OLLAMA_TIMEOUT if the disk is slow, or pick a smaller model.',
  },
  first_token_timeout: { status: 504, title: 'No token came', remedy: 'Try again, or pick another model.' },
  answer_stalled: {
    status: 504,
    title: 'The answer stopped in the middle',
    remedy: 'What was written is kept. Ask again to get a whole one.',
  },
  total_timeout: {
    status: 504,
    title: 'The answer took longer than it may',
    remedy: 'What was written is kept and can be continued. Or send a longer options.total_timeout, or raise PILOTLIGHT_TOTAL_TIMEOUT.',
  },
  interrupted: {
    status: 500,
    title: 'The server stopped while this was being written',
    remedy: 'What was written is kept. Ask again to get a whole one.',
  },
} as const satisfies Record<string, ProblemKind>;

/**
 * Why a request was not let in: `queue_full` as many wait for this model as may; `server_full` as many wait for all models together as may;
 * `gave_way` background work made room for somebody's request; `not_in_memory` background work loads no model; `queue_timeout` it waited as long as its
 * caller allowed.
 */
export const REFUSALS = ['queue_full', 'server_full', 'gave_way', 'not_in_memory', 'queue_timeout'] as const;
export type Refusal = (typeof REFUSALS)[number];

/** The header that says the reason of a refusal to programs that read no body. */
export const REFUSAL_HEADER = 'Pilotlight-Refusal';

export type ProblemCode = keyof typeof PROBLEMS;
export type ProblemSource = 'app' | 'upstream';

export interface ProblemOptions extends ErrorOptions {
  /** Whose doing: ours or the engine's. Default `app`. */
  readonly source?: ProblemSource;
  /** The path of the offending field, such as `options.temperature`. */
  readonly field?: string;
  readonly retryAfterSeconds?: number;
  /** More facts, merged into the problem document. */
  readonly facts?: Readonly<Record<string, unknown>>;
}

/** An error meant for people and clients. `detail` says what happened this time; the original error, if any, is `cause`. */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly code: ProblemCode;
  readonly detail: string;
  readonly source: ProblemSource;
  readonly field: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  readonly facts: Readonly<Record<string, unknown>>;
  constructor(code: ProblemCode, detail: string, options: ProblemOptions = {}) {
    super(`${code}: ${detail}`, options);
    this.code = code;
    this.detail = detail;
    this.source = options.source ?? 'app';
    this.field = options.field;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.facts = options.facts ?? {};
  }
  get status(): number {
    return PROBLEMS[this.code].status;
  }
  get title(): string {
    return PROBLEMS[this.code].title;
  }
  get remedy(): string {
    return PROBLEMS[this.code].remedy;
  }
}

/** The body of every error answer: RFC 9457, with a stable code, the remedy, and whose doing it was. */
export const problemDetailsSchema = z.object({
  type: z.string(),
  code: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  remedy: z.string(),
  source: z.enum(['app', 'upstream']),
  field: z.string().optional(),
  request_id: z.string().optional(),
  /** Of a request that was not let in: why, as in the header `Pilotlight-Refusal`. */
  reason: z.enum(REFUSALS).optional(),
  /** The place that it would have had in the queue, or had. */
  position: z.int().optional(),
  /** How long it would have waited, or would have gone on waiting. */
  estimate: estimateSchema.optional(),
  /** Of a model that does not fit: what would. */
  would_fit: z.array(wayToFitSchema).optional(),
  /** Of what could not be stored: the folder, what is free there, and how much there must be before anything is stored again. */
  path: z.string().optional(),
  free_bytes: z.int().optional(),
  needed_bytes: z.int().optional(),
});
export type ProblemDetails = z.infer<typeof problemDetailsSchema>;

/** What a refusal says in figures, wherever it is told: as an answer of its own, or at the end of a log. */
export const refusalFactsSchema = problemDetailsSchema.pick({ reason: true, position: true, estimate: true, would_fit: true });
