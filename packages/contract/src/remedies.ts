import type { ProblemCode } from './problems.ts';

/**
 * The table of problems says what helps to those who speak HTTP. These are the words for the other two places where a problem is met, for those codes
 * that HTTP has words of its own for. `{wait}` and `{request}` stand for what one answer says: when to try again, and under which id the log has it.
 */
export type Remedies = Readonly<Partial<Record<ProblemCode, string>>>;

/** On the command line: the command that helps. docs/problems.md shows them beside those of the table. */
export const COMMAND_REMEDIES: Remedies = {
  invalid_request: 'Correct what is named; "pilotlight COMMAND --help" says what a command takes.',
  unauthorized: 'Set PILOTLIGHT_TOKEN in the environment to the access token of that server.',
  host_not_allowed: 'Name the address that the server printed at its start with --url, or add the name to PILOTLIGHT_ALLOWED_HOSTS.',
  not_found: 'The server is of another version than this command ("pilotlight --version"), or something stands in front of it.',
  method_not_allowed: 'The server is of another version than this command ("pilotlight --version"), or something stands in front of it.',
  preset_not_found: '"pilotlight presets" lists those there are.',
  model_not_found: '"pilotlight models" lists those there are.',
  conversation_not_found: '"pilotlight history" lists those there are, "pilotlight history --archived" those out of the way.',
  message_not_found: 'See the conversation with "pilotlight export ID".',
  generation_not_found: '"pilotlight history" marks the conversations in which an answer is being written.',
  attachment_not_found: 'Send the file once more with --file.',
  conversation_deleted: 'Bring it back with "pilotlight history undo ID", or begin another one.',
  nothing_to_continue: 'Ask the next question.',
  generation_running: 'Wait for it, or stop it with "pilotlight stop ID".',
  unsupported_media_type:
    'The server is of another version than this command ("pilotlight --version"), or something stands in front of it.',
  attachment_in_use: 'Delete the conversation with "pilotlight history delete ID" to remove it.',
  not_supported: 'Name a model with the capability that is named: --model NAME.',
  continue_not_supported: 'Ask again, or name a model that can go on: --model NAME.',
  context_too_long: 'Begin a new conversation, shorten the message, or name a model with a longer context: --model NAME.',
  too_many_attempts: 'Try again {wait}. Other addresses are not affected.',
  internal_error: 'The log of the server has the cause{request}.',
  model_load_failed: 'See the detail for the cause. Meanwhile another model can be used: --model NAME.',
  model_out_of_memory: 'Unload another model with "pilotlight unload NAME", or name a smaller one: --model NAME.',
  model_wedged: 'Unload it and load it again: "pilotlight unload NAME", then "pilotlight load NAME". Or name another: --model NAME.',
  model_too_large: '"pilotlight plan NAME" says what would fit. Or raise MEMORY_BUDGET, or end other programs.',
  queue_full: 'Try again {wait}.',
  queue_timeout: 'Try again {wait}, or wait longer: --set queue_timeout=SECONDS.',
  total_timeout: 'What was written is kept. Or give it longer: --set total_timeout=SECONDS, or PILOTLIGHT_TOTAL_TIMEOUT for all.',
  first_token_timeout: 'Try again, or name another model: --model NAME.',
};

/** On the page: what a person can do there. */
export const PAGE_REMEDIES: Remedies = {
  unauthorized: 'Sign in with the access token of this server.',
  not_found: 'Load the page again: the server may be of another version by now.',
  method_not_allowed: 'Load the page again: the server may be of another version by now.',
  preset_not_found: 'Pick one of the presets there are.',
  model_not_found: 'Pick one of the models there are.',
  conversation_not_found: 'Pick one of the chats in the list.',
  conversation_deleted: 'Bring it back, or write in another one.',
  generation_not_found: 'Load the page again.',
  unsupported_media_type: 'Load the page again: the server may be of another version by now.',
  too_many_attempts: 'Try again {wait}. Other addresses are not affected.',
  internal_error: 'The log of the server has the cause{request}.',
  queue_full: 'Try again {wait}.',
  queue_timeout: 'Try again {wait}.',
  total_timeout: 'What was written is kept. Continue it, or ask again.',
};

/** What one answer says beside its words. */
export interface RemedyFacts {
  readonly retryAfterSeconds?: number | undefined;
  readonly requestId?: string | undefined;
}

/** What helps in the words of the place; `sent`, which the server said, where the place has none for this code. */
export function toRemedy(remedies: Remedies, { code, sent, ...facts }: RemedyFacts & { code: string; sent: string }): string {
  return fill(remedies[code as ProblemCode] ?? sent, facts);
}

/** What helps on the command line where that is something else than over HTTP, for documents. */
export function commandRemedyOf(code: ProblemCode): string | undefined {
  const words = COMMAND_REMEDIES[code];
  return words === undefined ? undefined : fill(words, {});
}

function fill(words: string, { retryAfterSeconds, requestId }: RemedyFacts): string {
  const wait = retryAfterSeconds === undefined ? 'in a while' : `in ${retryAfterSeconds} s`;
  return words.replace('{wait}', wait).replace('{request}', requestId === undefined ? '' : ` under the id ${requestId}`);
}
