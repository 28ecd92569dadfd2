import type { EnginePart } from '@pilotlight/contract';

/** Adds a part to a list; text that follows text of the same kind is joined with it. */
export function addPart(parts: EnginePart[], part: EnginePart): void {
  const last = parts.at(-1);
  if (part.type === 'text' && last?.type === 'text') parts[parts.length - 1] = { type: 'text', text: last.text + part.text };
  else if (part.type === 'reasoning' && last?.type === 'reasoning')
    parts[parts.length - 1] = { type: 'reasoning', text: last.text + part.text };
  else parts.push(part);
}
