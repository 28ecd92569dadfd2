import { EngineError } from '@pilotlight/contract';

/** Cuts a body into lines, wherever its pieces begin and end. */
export interface LineReader {
  /** The lines that this piece completes, without their ends; empty ones are left out. */
  push(piece: Uint8Array): readonly string[];
  /** What stands after the last line end, if anything. */
  rest(): string;
}

const LINE_FEED = 0x0a;

function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

function toLines(text: string): string[] {
  const lines: string[] = [];
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    if (trimmed !== '') lines.push(trimmed);
  }
  return lines;
}

/** Bytes that are no UTF-8 become replacement characters; a line longer than `maxLineBytes` is a `protocol` error of `sender`, so that none fills memory. */
export function createLineReader(maxLineBytes: number, sender: string): LineReader {
  let held: Uint8Array[] = [];
  let heldBytes = 0;

  function hold(piece: Uint8Array): void {
    if (piece.length === 0) return;
    heldBytes += piece.length;
    if (heldBytes > maxLineBytes)
      throw new EngineError('protocol', `${sender} sent a line of more than ${maxLineBytes.toLocaleString('en')} bytes.`);
    held.push(piece);
  }

  function takeWith(piece: Uint8Array): Uint8Array {
    if (held.length === 0) return piece;
    const whole = Buffer.concat([...held, piece]);
    held = [];
    heldBytes = 0;
    return whole;
  }

  return {
    push(piece) {
      const end = piece.lastIndexOf(LINE_FEED);
      if (end < 0) {
        hold(piece);
        return [];
      }
      const lines = toLines(toText(takeWith(piece.subarray(0, end))));
      hold(piece.subarray(end + 1));
      return lines;
    },
    rest: () => toText(takeWith(new Uint8Array())).trim(),
  };
}
