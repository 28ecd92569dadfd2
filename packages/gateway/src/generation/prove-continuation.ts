import { Problem } from '@pilotlight/contract';
import type { Clock, Engine, LaunchProfile, Message, Options } from '@pilotlight/contract';

import { withTimeLimit } from '../deployments/time-limit.ts';
import type { LimitedWork } from '../deployments/time-limit.ts';

/** `yes` and `no` were seen; `unclear`: it could not be found out this time. */
export type ContinuationVerdict = 'yes' | 'no' | 'unclear';

export interface ProofWork {
  readonly engine: Engine;
  readonly model: string;
  /** That with which it is in memory now: asking for another one would load it again. */
  readonly profile: () => LaunchProfile;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Everything that is known to follow on itself can be cut anywhere; whatever is written after it, it is the same each time. */
const QUESTION: Message = { role: 'user', content: 'Count to 40 in digits, with a blank between the numbers and nothing else.' };
const OPTIONS: Options = { temperature: 0, seed: 1, max_tokens: 24 };
/** Without any part of the trial; who is slower than that would keep the one waiting who wants to go on. */
const LIMIT_MS = 10_000;
/** Fewer characters than these agree by chance. */
const FEWEST = 4;

/**
 * Whether a model goes on from the beginning of an answer: has one written, cuts it in the middle, has it gone on with and compares. The first token
 * of an answer at temperature 0 is the same each time, so a model that goes on writes what stood there, and one that begins anew does not.
 */
export async function proveContinuation(work: ProofWork): Promise<ContinuationVerdict> {
  const { clock, signal } = work;
  const reason = (): Problem => new Problem('first_token_timeout', 'the trial took too long');
  try {
    return await withTimeLimit({ clock, limitMs: LIMIT_MS, signal, reason, graceMs: 1_000 }, async (limited) => {
      const whole = await write(work, [QUESTION], limited);
      const cut = placeToCut(whole);
      if (cut === undefined) return 'unclear';
      const beginning = whole.slice(0, cut);
      const goesOn = await write(work, [QUESTION, { role: 'assistant', content: beginning, prefix: true }], limited);
      return judge({ whole, beginning, goesOn });
    });
  } catch (error) {
    signal.throwIfAborted();
    return isRefusal(error) ? 'no' : 'unclear';
  }
}

async function write({ engine, model, profile }: ProofWork, messages: readonly Message[], { signal, renew }: LimitedWork): Promise<string> {
  let text = '';
  for await (const part of engine.stream({ model, messages, options: OPTIONS, profile: profile() }, signal)) {
    renew();
    if (part.type === 'text') text += part.text;
  }
  return text;
}

/** The end of a word near the middle, with enough behind it to compare; undefined where there is none. */
function placeToCut(whole: string): number | undefined {
  const ends = [...whole.matchAll(/\S(?=\s)/g)].map(({ index }) => index + 1);
  const possible = ends.filter((end) => end >= FEWEST && whole.length - end >= FEWEST);
  const middle = whole.length / 2;
  return possible.toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle))[0];
}

export interface Trial {
  readonly whole: string;
  readonly beginning: string;
  readonly goesOn: string;
}

/** What the trial shows. Exported for its tests. */
export function judge({ whole, beginning, goesOn }: Trial): ContinuationVerdict {
  const rest = whole.slice(beginning.length);
  const compared = Math.min(rest.length, goesOn.length);
  // That it would be the same from the start too proves nothing.
  const isTelling = !whole.startsWith(rest.slice(0, FEWEST));
  if (compared < FEWEST || !isTelling) return 'unclear';
  return goesOn.slice(0, compared) === rest.slice(0, compared) ? 'yes' : 'no';
}

function isRefusal(error: unknown): boolean {
  return error instanceof Error && 'failure' in error && (error.failure === 'invalid' || error.failure === 'unsupported');
}
