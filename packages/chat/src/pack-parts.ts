import type { StreamPart } from '@pilotlight/contract';

/**
 * The text in which parts are stored: a JSON array with one element a part, so that offsets stay those of the parts.
 * Text is a string, reasoning an array of one string, everything else the part itself. Most of a log is text, and so costs little more than the text.
 */
export function packParts(parts: readonly StreamPart[]): string {
  return JSON.stringify(parts.map(toPacked));
}

/** The parts again, exactly as they were packed. */
export function unpackParts(packed: string): StreamPart[] {
  return (JSON.parse(packed) as unknown[]).map(fromPacked);
}

function toPacked(part: StreamPart): unknown {
  if (part.type === 'text') return part.text;
  if (part.type === 'reasoning') return [part.text];
  return part;
}

function fromPacked(packed: unknown): StreamPart {
  if (typeof packed === 'string') return { type: 'text', text: packed };
  if (Array.isArray(packed)) return { type: 'reasoning', text: String(packed[0]) };
  return packed as StreamPart;
}

/** About how much room a part takes. */
export function sizeOf(part: StreamPart): number {
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return part.text.length + 4;
    case 'tool_result':
      return part.content.length + 64;
    case 'tool_call':
      return JSON.stringify(part.arguments).length + 64;
    case 'start':
    case 'phase':
    case 'seam':
    case 'finish':
    case 'error':
      return 256;
  }
}
