/** Writes GGUF files for tests, sound ones and others. */
type Entry = readonly [key: string, type: number, value: Uint8Array];

export interface GgufParts {
  readonly version?: number;
  readonly entries: readonly Entry[];
  readonly tensors?: readonly {
    readonly name: string;
    readonly dimensions: readonly bigint[];
    readonly type: number;
    readonly offset: bigint;
  }[];
  /** Bytes of weights after the header. */
  readonly weightBytes?: number;
  /** What the header claims, if not the truth. */
  readonly tensorCount?: bigint;
  readonly entryCount?: bigint;
}

const encoder = new TextEncoder();

export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

export function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

export function string(text: string): Uint8Array {
  const bytes = encoder.encode(text);
  return concat(u64(BigInt(bytes.length)), bytes);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export const textEntry = (key: string, text: string): Entry => [key, 8, string(text)];
export const numberEntry = (key: string, value: number): Entry => [key, 4, u32(value)];
export const listEntry = (key: string, texts: readonly string[]): Entry => [
  key,
  9,
  concat(u32(8), u64(BigInt(texts.length)), ...texts.map(string)),
];

export const numberListEntry = (key: string, numbers: readonly number[]): Entry => [
  key,
  9,
  concat(u32(4), u64(BigInt(numbers.length)), ...numbers.map(u32)),
];

/** The entries without which no file is a model. */
export const modelEntries: readonly Entry[] = [
  textEntry('general.architecture', 'llama'),
  listEntry('tokenizer.ggml.tokens', ['a', 'b', '<end>']),
];

/** A file of these parts, the weights being zeros. */
export function buildGguf({ version = 3, entries, tensors = [], weightBytes = 0, tensorCount, entryCount }: GgufParts): Uint8Array {
  const header = concat(
    encoder.encode('GGUF'),
    u32(version),
    u64(tensorCount ?? BigInt(tensors.length)),
    u64(entryCount ?? BigInt(entries.length)),
    ...entries.map(([key, type, value]) => concat(string(key), u32(type), value)),
    ...tensors.map(({ name, dimensions, type, offset }) =>
      concat(string(name), u32(dimensions.length), ...dimensions.map(u64), u32(type), u64(offset)),
    ),
  );
  const padding = new Uint8Array((32 - (header.length % 32)) % 32);
  return concat(header, padding, new Uint8Array(weightBytes));
}

/**
 * The same model as one that makes embeddings: two entries more, which say so. They take 64 bytes together, so that what follows stays aligned.
 */
export function toEmbeddingModel(file: Uint8Array): Uint8Array {
  const added = concat(string('llama.pooling_type'), u32(4), u32(1), string('x.pad'), u32(8), string('12345'));
  if (added.length !== 64) throw new Error('the added entries must keep the alignment');
  const copy = concat(file.subarray(0, 24), added, file.subarray(24));
  const view = new DataView(copy.buffer);
  view.setBigUint64(16, view.getBigUint64(16, true) + 2n, true);
  return copy;
}

/** The same model with this chat template in place of its own; an entry beside it keeps what follows aligned. */
export function toModelWithTemplate(file: Uint8Array, template: string): Uint8Array {
  const key = string('tokenizer.chat_template');
  const buffer = Buffer.from(file.buffer, file.byteOffset, file.byteLength);
  const at = buffer.indexOf(Buffer.from(key));
  if (at === -1) throw new Error('the model has no chat template');
  const valueAt = at + key.length + 4;
  const end = valueAt + 8 + Number(buffer.readBigUInt64LE(valueAt));
  const written = concat(key, u32(8), string(template));
  const pad = string('x.pad');
  const difference = written.length + pad.length + 4 + 8 - (end - at);
  const padding = (32 - (((difference % 32) + 32) % 32)) % 32;
  const copy = concat(file.subarray(0, at), written, pad, u32(8), string(' '.repeat(padding)), file.subarray(end));
  const view = new DataView(copy.buffer);
  view.setBigUint64(16, view.getBigUint64(16, true) + 1n, true);
  return copy;
}
