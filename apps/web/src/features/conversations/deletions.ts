/** A chat that was deleted and can be brought back until `finalAt`. */
export interface Deletion {
  readonly id: string;
  readonly title: string;
  readonly finalAt: string;
}

const MOST_KEPT = 20;

/** With this one as the last. What is told twice, by the answer and by the stream, stands once. */
export function addDeletion(deletions: readonly Deletion[], deletion: Deletion): readonly Deletion[] {
  return [...deletions.filter(({ id }) => id !== deletion.id), deletion].slice(-MOST_KEPT);
}

/** The last one that can still be taken back. */
export function lastDeletion(deletions: readonly Deletion[], now: number): Deletion | undefined {
  return deletions.findLast(({ finalAt }) => Date.parse(finalAt) > now);
}
