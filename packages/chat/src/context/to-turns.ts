interface Spoken {
  readonly role: 'user' | 'assistant';
}

/** Questions, each with the answers that follow it. What stands before the first question belongs to it. */
export function toTurns<T extends Spoken>(messages: readonly T[]): T[][] {
  const turns: T[][] = [];
  let hasQuestion = false;
  for (const message of messages) {
    const last = turns.at(-1);
    if (last === undefined || (message.role === 'user' && hasQuestion)) turns.push([message]);
    else last.push(message);
    hasQuestion ||= message.role === 'user';
  }
  return turns;
}
