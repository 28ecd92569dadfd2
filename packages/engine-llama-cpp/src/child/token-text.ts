/** The part of a model that turns tokens into text. */
export interface Detokenizer<Token> {
  detokenize(tokens: readonly Token[], specialTokens: boolean, lastTokens: readonly Token[]): string;
}

export interface TokenText<Token> {
  /** The text that is complete with this token; empty while a character is still in pieces. */
  push(token: Token): string;
  /** What remains: pieces that never became a character come out as U+FFFD. */
  end(): string;
}

/** A character has at most four bytes and so at most four tokens; more than that is text that really holds U+FFFD. */
const MOST_PENDING = 4;
/** How many earlier tokens the detokenizer is shown, for the spaces between words. */
const SHOWN = 3;

/** Turns tokens into text in whole characters: a character that is spread over several tokens is held until its last. */
export function createTokenText<Token>(model: Detokenizer<Token>): TokenText<Token> {
  let pending: Token[] = [];
  let earlier: Token[] = [];

  function take(): string {
    const text = model.detokenize(pending, false, earlier);
    earlier = [...earlier, ...pending].slice(-SHOWN);
    pending = [];
    return text;
  }

  return {
    push(token) {
      pending.push(token);
      const text = model.detokenize(pending, false, earlier);
      return text.endsWith('\uFFFD') && pending.length < MOST_PENDING ? '' : take();
    },
    end: () => (pending.length === 0 ? '' : take()),
  };
}
