import type { OutgoingState } from '../composer/outgoing.ts';
import { shortOrdinal } from '../../ui/format.ts';

/** How a question stands that the server does not have. */
export interface OutgoingWords {
  readonly heading: string;
  readonly sentence: string;
  /** In the margin. */
  readonly margin: string;
}

/** The words for a message on its way. `place` is its place among those on their way in this chat, from 1. */
export function outgoingWords(state: OutgoingState, place: number): OutgoingWords {
  switch (state.kind) {
    case 'sending':
      return { heading: 'Sending', sentence: '', margin: 'sending' };
    case 'lost':
      return {
        heading: 'The server did not answer',
        sentence: 'Your message is kept in this browser and sent again by itself, once, as soon as the server is back.',
        margin: 'not sent yet',
      };
    case 'held':
      return heldWords(place);
    case 'refused':
      return {
        heading: state.problem.title,
        sentence: `${state.problem.detail} ${state.problem.remedy} Your message is kept.`,
        margin: 'not sent',
      };
  }
}

/** Only the first of them goes next; every later one waits for the answer to the one before it, whatever keeps that one. */
function heldWords(place: number): OutgoingWords {
  if (place <= 1)
    return {
      heading: 'Sent after the answer above',
      sentence: 'An answer is still being written in this chat. Your message is kept and goes next.',
      margin: 'goes next',
    };
  return {
    heading: 'Sent after the message above has its answer',
    sentence: `${shortOrdinal(place)} of the messages that wait in this chat. Your message is kept.`,
    margin: `${shortOrdinal(place)} in line`,
  };
}
