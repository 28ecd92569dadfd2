import type { ContextReceipt } from '@pilotlight/contract';

/** What there is to say of what a model was given: of a conversation that was sent whole, nothing. */
export function toContextWords(context: ContextReceipt | undefined): string[] {
  if (context === undefined) return [];
  const { left_out: leftOut, summary, no_summary_reason: reason, doubt, images_left_out: images } = context;
  const about = context.basis === 'exact' ? '' : 'about ';
  const saw = `The model saw ${about}${say(context.tokens)} of ${about}${say(context.total_tokens)} tokens`;
  return [
    ...(leftOut === undefined ? [] : [`${saw}; ${leftOut.messages} older messages were left out.`]),
    ...(summary === undefined ? [] : [`${saw}; a summary stood for the first ${summary.messages} messages.`]),
    ...(reason === undefined ? [] : [reason]),
    ...(images === undefined
      ? []
      : [
          `It cannot see: ${images === 1 ? 'an image' : `${images} images`} of earlier messages ${images === 1 ? 'was' : 'were'} left out.`,
        ]),
    ...(doubt === undefined ? [] : [doubt]),
  ];
}

function say(tokens: number): string {
  return tokens.toLocaleString('en');
}
