import { EngineError, NetworkError } from '@pilotlight/contract';

/** A failure of the network while Ollama was asked something, or anything else unchanged. */
export function toUnreachable(error: unknown, address: string): unknown {
  if (!(error instanceof NetworkError)) return error;
  if (error.failure === 'invalid') {
    return new EngineError('protocol', `What answers at ${address} is no Ollama: ${error.message}.`, { cause: error });
  }
  return new EngineError('unreachable', `Ollama at ${address} does not answer: ${error.message}.`, { cause: error });
}

/** A failure of the network in the middle of an answer: what broke off is `cut`, what never began is `unreachable`. */
export function toCut(error: unknown, address: string): unknown {
  if (error instanceof NetworkError && error.failure === 'cut') {
    return new EngineError('cut', 'The connection to Ollama broke in the middle of the answer.', { cause: error });
  }
  return toUnreachable(error, address);
}
