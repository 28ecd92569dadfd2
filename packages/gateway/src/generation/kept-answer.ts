import type { GatewayPart, GenerateRequest, Message, Options } from '@pilotlight/contract';

/** What of an answer has been shown, over all its tries. */
export interface KeptAnswer {
  readonly text: string;
  /** Parts of text, which are tokens or a few of them each. */
  readonly parts: number;
  /** Something was shown, so that the answer cannot be begun anew unnoticed. */
  readonly isVisible: boolean;
  /** Whether it can be gone on with at all: not once a tool was called, and not where there is no text yet. */
  readonly canGoOn: boolean;
  /** Takes a part of the try that is going on; returns what is to be shown of it. */
  take(part: GatewayPart): GatewayPart | undefined;
  /** Another try goes on from here: the next text follows on what there is, which in turn follows on what the request brought. */
  join(given: string): void;
}

export function createKeptAnswer(): KeptAnswer {
  let text = '';
  let parts = 0;
  let isVisible = false;
  let hasCalls = false;
  let seam: { left: string } | undefined;

  /** The blanks at the end of what was kept were not sent, as templates cut them off; the model writes them again. */
  function withoutBlanks(piece: string): string {
    if (!seam) return piece;
    let rest = piece;
    while (seam.left !== '' && rest !== '' && rest[0] === seam.left[0]) {
      rest = rest.slice(1);
      seam.left = seam.left.slice(1);
    }
    if (rest !== '' || seam.left === '') seam = undefined;
    return rest;
  }

  return {
    get text() {
      return text;
    },
    get parts() {
      return parts;
    },
    get isVisible() {
      return isVisible;
    },
    get canGoOn() {
      return !hasCalls && text.trim() !== '';
    },
    take(part) {
      if (part.type === 'tool_call') hasCalls = true;
      if (part.type === 'tool_call' || part.type === 'reasoning') isVisible = true;
      if (part.type !== 'text') return part;
      const shown = withoutBlanks(part.text);
      parts += 1;
      if (shown === '') return undefined;
      isVisible = true;
      text += shown;
      return shown === part.text ? part : { ...part, text: shown };
    },
    join(given) {
      const whole = given + text;
      seam = { left: whole.slice(whole.trimEnd().length) };
    },
  };
}

/** Whether the request itself brings the beginning of its answer. */
export function bringsPrefix({ messages }: Pick<GenerateRequest, 'messages'>): boolean {
  return messages.at(-1)?.prefix === true;
}

/** The request for what is missing of an answer. Blanks at the end of the beginning are left out: templates cut them off, or the model stumbles over them. */
export function toContinuedRequest(request: GenerateRequest, kept: KeptAnswer): GenerateRequest {
  const { messages, options } = request;
  return { ...request, messages: withBeginning(messages, kept.text), options: withoutSpent(options, kept.parts) };
}

function withBeginning(messages: readonly Message[], text: string): readonly Message[] {
  const last = messages.at(-1);
  const given = last?.prefix === true ? last.content : '';
  const before = last?.prefix === true ? messages.slice(0, -1) : messages;
  return [...before, { role: 'assistant', content: `${given}${text}`.trimEnd(), prefix: true }];
}

/** Of a limit on the answer, what was shown is spent. */
function withoutSpent(options: Options, parts: number): Options {
  return options.max_tokens === undefined ? options : { ...options, max_tokens: Math.max(1, options.max_tokens - parts) };
}
