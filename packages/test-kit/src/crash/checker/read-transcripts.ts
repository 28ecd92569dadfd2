import { readFileSync } from 'node:fs';

import type { TranscriptEvent } from '../transcript.ts';

// Part of the checker: no import from the product, on purpose. Of the clients it knows the form of their lines.

type Of<Type extends TranscriptEvent['type']> = Extract<TranscriptEvent, { type: Type }>;

/** What one reader was shown of one answer, over all its connections. */
export interface Shown {
  readonly reader: string;
  readonly generation: string;
  readonly parts: { readonly offset: number; readonly part: unknown }[];
  hasEnded: boolean;
}

/** What all clients asked, and what they were told. */
export interface Claims {
  /** By the id of the message. */
  readonly posts: ReadonlyMap<string, Extract<Of<'asked'>, { kind: 'post' }>>;
  /** The answer that is to get a sibling, by the id of the generation. */
  readonly regenerations: ReadonlyMap<string, string>;
  /** By the id of the generation. */
  readonly acknowledged: ReadonlyMap<string, Of<'acknowledged'>>;
  readonly shown: ReadonlyMap<string, Shown>;
  readonly stopped: ReadonlySet<string>;
  readonly refusals: readonly string[];
  /** One request that was acknowledged in two ways. */
  readonly contradictions: readonly string[];
}

export function readTranscripts(files: readonly string[]): Claims {
  const events = files.flatMap((file) =>
    readFileSync(file, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as TranscriptEvent),
  );
  const posts = new Map<string, Extract<Of<'asked'>, { kind: 'post' }>>();
  const regenerations = new Map<string, string>();
  const acknowledged = new Map<string, Of<'acknowledged'>>();
  const generationOf = new Map<string, string>();
  const shown = new Map<string, Shown>();
  const stopped = new Set<string>();
  const refusals: string[] = [];
  const contradictions: string[] = [];

  function acknowledge(event: Of<'acknowledged'>): void {
    const { kind, message, answer, generation } = event;
    const known = acknowledged.get(generation);
    if (known !== undefined && (known.answer !== answer || known.message !== message)) {
      contradictions.push(`the generation ${generation} was acknowledged with two answers`);
    }
    if (kind === 'post') {
      const earlier = generationOf.get(message);
      if (earlier !== undefined && earlier !== generation)
        contradictions.push(`the message ${message} was acknowledged with two generations`);
      generationOf.set(message, generation);
    }
    acknowledged.set(generation, event);
  }

  function readingOf(reader: string, generation: string): Shown {
    const key = `${reader} ${generation}`;
    const known = shown.get(key) ?? { reader, generation, parts: [], hasEnded: false };
    shown.set(key, known);
    return known;
  }

  for (const event of events) {
    if (event.type === 'asked' && event.kind === 'post') posts.set(event.message, event);
    else if (event.type === 'asked') regenerations.set(event.generation, event.of);
    else if (event.type === 'acknowledged') acknowledge(event);
    else if (event.type === 'shown') readingOf(event.reader, event.generation).parts.push({ offset: event.offset, part: event.part });
    else if (event.type === 'stream-ended') readingOf(event.reader, event.generation).hasEnded = true;
    else if (event.type === 'stop-acknowledged') stopped.add(event.generation);
    else refusals.push(`${event.request} got ${event.status} ${event.body}`);
  }
  return { posts, regenerations, acknowledged, shown, stopped, refusals, contradictions };
}
