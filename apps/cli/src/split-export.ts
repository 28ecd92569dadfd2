/** Exports of others are a list of conversations, our own has one in `conversations`; anything else is one piece. */
type Fields = Readonly<Record<string, unknown>>;

const MAX_CONVERSATIONS = 1000;

/** An export as pieces that the server takes: each of up to about `maxBytes`, with at least one conversation. */
export function splitExport(value: unknown, maxBytes: number): unknown[] {
  if (Array.isArray(value)) return split(value, maxBytes);
  const document = typeof value === 'object' && value !== null ? (value as Fields) : {};
  const { conversations } = document;
  if (!Array.isArray(conversations)) return [value];
  const { presets, ...rest } = document;
  // Once is enough.
  return split(conversations, maxBytes).map((piece, index) => ({
    ...rest,
    ...(index === 0 && presets !== undefined && { presets }),
    conversations: piece,
  }));
}

function split(items: readonly unknown[], maxBytes: number): unknown[][] {
  const pieces: unknown[][] = [];
  let bytes = Infinity;
  for (const item of items) {
    const own = Buffer.byteLength(JSON.stringify(item)) + 1;
    const last = pieces.at(-1);
    if (last !== undefined && bytes + own <= maxBytes && last.length < MAX_CONVERSATIONS) {
      last.push(item);
      bytes += own;
    } else {
      pieces.push([item]);
      bytes = own;
    }
  }
  return pieces.length === 0 ? [[]] : pieces;
}
