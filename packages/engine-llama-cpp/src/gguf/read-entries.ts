import type { ByteCursor } from './byte-cursor.ts';
import { GgufRejection } from './gguf-rejection.ts';
import { HEADER_LIMITS } from './header-limits.ts';

/** A value of the header that we keep. Arrays are walked over and only their length is kept, but for those with one number for each layer. */
export type HeaderValue = string | number | boolean | { readonly arrayLength: number; readonly values?: readonly HeaderValue[] };

const STRING = 8;
const ARRAY = 9;
const PER_LAYER_KEY = /\.attention\.(head_count|head_count_kv|sliding_window_pattern)$/;
const MOST_LAYERS = 10_000;
const CHAT_TEMPLATE_KEY = /^tokenizer\.chat_template(\.|$)/;
/** Bytes of a number, by type number; booleans take one. */
const SCALAR_BYTES: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [1, 1],
  [2, 2],
  [3, 2],
  [4, 4],
  [5, 4],
  [6, 4],
  [7, 1],
  [10, 8],
  [11, 8],
  [12, 8],
]);

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Reads the key-value part of the header. Each key once, each value within its bounds, arrays of arrays refused as llama.cpp does. */
export async function readEntries(cursor: ByteCursor, count: number): Promise<ReadonlyMap<string, HeaderValue>> {
  const entries = new Map<string, HeaderValue>();
  for (let index = 0; index < count; index += 1) {
    const key = await readString(cursor, HEADER_LIMITS.keyBytes, 'the name of a header entry');
    if (key === '') throw new GgufRejection('a header entry has no name');
    if (entries.has(key)) throw new GgufRejection(`its header has ${quoted(key)} twice`);
    await cursor.fill(4);
    const type = cursor.uint32();
    entries.set(key, await readValue(cursor, key, type));
  }
  return entries;
}

async function readValue(cursor: ByteCursor, key: string, type: number): Promise<HeaderValue> {
  if (type === STRING) {
    const isTemplate = CHAT_TEMPLATE_KEY.test(key);
    const limit = isTemplate ? HEADER_LIMITS.chatTemplateBytes : HEADER_LIMITS.stringBytes;
    return readString(cursor, limit, isTemplate ? 'its chat template' : `the value of ${quoted(key)}`);
  }
  if (type === ARRAY) return readArray(cursor, key);
  const bytes = SCALAR_BYTES.get(type);
  if (bytes === undefined) throw new GgufRejection(`the value of ${quoted(key)} has a type that does not exist`);
  await cursor.fill(bytes);
  return toScalar(type, cursor.dataView(bytes));
}

async function readArray(cursor: ByteCursor, key: string): Promise<HeaderValue> {
  await cursor.fill(12);
  const type = cursor.uint32();
  const length = cursor.size();
  if (type === ARRAY) throw new GgufRejection(`the value of ${quoted(key)} is a list of lists`);
  const bytes = type === STRING ? 8 : SCALAR_BYTES.get(type);
  if (bytes === undefined) throw new GgufRejection(`the value of ${quoted(key)} has a type that does not exist`);
  if (length === undefined || length > cursor.remaining / bytes) throw new GgufRejection(`the list ${quoted(key)} is longer than the file`);
  if (type !== STRING && PER_LAYER_KEY.test(key) && length <= MOST_LAYERS) {
    await cursor.fill(length * bytes);
    return { arrayLength: length, values: Array.from({ length }, () => toScalar(type, cursor.dataView(bytes))) };
  }
  if (type === STRING) await skipStrings(cursor, length, key);
  else cursor.skip(length * bytes);
  return { arrayLength: length };
}

async function skipStrings(cursor: ByteCursor, count: number, key: string): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    if (cursor.ready < 8) await cursor.fill(8);
    const length = cursor.size();
    if (length === undefined || length > cursor.remaining) throw new GgufRejection(`a text in ${quoted(key)} is longer than the file`);
    cursor.skip(length);
  }
}

/** Reads a text with its length before it. `what` finishes "… is too long". */
export async function readString(cursor: ByteCursor, limitBytes: number, what: string): Promise<string> {
  await cursor.fill(8);
  const length = cursor.size();
  if (length === undefined || length > cursor.remaining) throw new GgufRejection(`${what} is longer than the file`);
  if (length > limitBytes) throw new GgufRejection(`${what} is longer than ${limitBytes.toLocaleString('en')} bytes`);
  await cursor.fill(length);
  try {
    return decoder.decode(cursor.bytes(length));
  } catch {
    throw new GgufRejection(`${what} is not valid UTF-8`);
  }
}

function toScalar(type: number, view: DataView): HeaderValue {
  switch (type) {
    case 0:
      return view.getUint8(0);
    case 1:
      return view.getInt8(0);
    case 2:
      return view.getUint16(0, true);
    case 3:
      return view.getInt16(0, true);
    case 4:
      return view.getUint32(0, true);
    case 5:
      return view.getInt32(0, true);
    case 6:
      return view.getFloat32(0, true);
    case 7:
      return view.getUint8(0) !== 0;
    case 10:
      return Number(view.getBigUint64(0, true));
    case 11:
      return Number(view.getBigInt64(0, true));
    default:
      return view.getFloat64(0, true);
  }
}

/** A name out of the file as part of a sentence: short, and without characters that could do anything. */
export function quoted(name: string): string {
  const clean = name.replaceAll(/[^\w.-]/gu, '?');
  return `"${clean.length > 60 ? `${clean.slice(0, 57)}...` : clean}"`;
}
