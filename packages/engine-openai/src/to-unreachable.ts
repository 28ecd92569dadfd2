import { EngineError, NetworkError } from '@pilotlight/contract';

/** A failure of the network while the server was asked something, or anything else unchanged. */
export function toUnreachable(error: unknown, server: string): unknown {
  if (!(error instanceof NetworkError)) return error;
  if (error.failure === 'invalid')
    return new EngineError('protocol', `What answers as ${server} speaks another protocol: ${error.message}.`, { cause: error });
  return new EngineError('unreachable', `${toSentence(server)} does not answer: ${error.message}.`, { cause: error });
}

/** A failure of the network in the middle of an answer: what broke off is `cut`, what never began is `unreachable`. */
export function toCut(error: unknown, server: string): unknown {
  if (error instanceof NetworkError && error.failure === 'cut')
    return new EngineError('cut', `The connection to ${server} broke in the middle of the answer.`, { cause: error });
  return toUnreachable(error, server);
}

/** The words as the beginning of a sentence. */
export function toSentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`;
}
