import type { Disk, FileFacts } from '@pilotlight/contract';

import { ByteCursor } from './byte-cursor.ts';
import { GgufRejection } from './gguf-rejection.ts';
import { HEADER_LIMITS } from './header-limits.ts';
import { readEntries } from './read-entries.ts';
import type { HeaderValue } from './read-entries.ts';
import { assertWithinFile, readTensors } from './read-tensors.ts';

/** What a sound header says. */
export interface GgufHeader {
  readonly version: number;
  readonly entries: ReadonlyMap<string, HeaderValue>;
  readonly weights: number;
  /** The type that most of the weights have. Undefined for a file without tensors. */
  readonly mainTensorType: string | undefined;
}

const MAGIC = 'GGUF';
const DEFAULT_ALIGNMENT = 32;

/**
 * Reads and checks the header of a GGUF file before native code sees the file. Everything that the native reader would trust is held against the
 * file's real size here. Throws `GgufRejection`, and nothing else, for a file that must not be opened.
 */
export async function readHeader(disk: Disk, file: FileFacts): Promise<GgufHeader> {
  try {
    return await readChecked(disk, file);
  } catch (error) {
    if (error instanceof GgufRejection) throw error;
    throw new GgufRejection('it cannot be read', { cause: error });
  }
}

async function readChecked(disk: Disk, file: FileFacts): Promise<GgufHeader> {
  if (file.sizeBytes === 0) throw new GgufRejection('it is empty');
  const cursor = new ByteCursor(disk, file.path, file.sizeBytes);
  await cursor.fill(Math.min(file.sizeBytes, 24));
  const magic = cursor.bytes(Math.min(4, cursor.ready));
  if (toLatin(magic) !== MAGIC) throw new GgufRejection(`it is not a GGUF file${toKind(magic)}`);
  if (cursor.ready < 20) throw new GgufRejection('its header is cut off');
  const version = cursor.uint32();
  if (version % 65_536 === 0 && version !== 0) throw new GgufRejection('it was written for big-endian machines');
  if (version !== 2 && version !== 3) throw new GgufRejection(`its GGUF version ${version} is not 2 or 3`);
  const tensorCount = bounded(cursor.size(), HEADER_LIMITS.tensors, 'tensors');
  const entryCount = bounded(cursor.size(), HEADER_LIMITS.entries, 'header entries');
  const entries = await readEntries(cursor, entryCount);
  const alignment = toAlignment(entries.get('general.alignment'));
  const tensors = await readTensors(cursor, tensorCount, alignment);
  assertWithinFile(tensors, Math.ceil(cursor.position / alignment) * alignment, file.sizeBytes);
  const weightsOfType = new Map<string, number>();
  for (const { typeName, weights } of tensors) weightsOfType.set(typeName, (weightsOfType.get(typeName) ?? 0) + weights);
  const mainTensorType = [...weightsOfType].toSorted((left, right) => right[1] - left[1])[0]?.[0];
  return { version, entries, weights: tensors.reduce((sum, tensor) => sum + tensor.weights, 0), mainTensorType };
}

function bounded(count: number | undefined, limit: number, what: string): number {
  if (count === undefined || count > limit) throw new GgufRejection(`it claims more than ${limit.toLocaleString('en')} ${what}`);
  return count;
}

function toAlignment(value: HeaderValue | undefined): number {
  if (value === undefined) return DEFAULT_ALIGNMENT;
  const isPowerOfTwo = typeof value === 'number' && Number.isInteger(value) && value > 0 && 2 ** Math.round(Math.log2(value)) === value;
  if (!isPowerOfTwo || value > HEADER_LIMITS.alignment) throw new GgufRejection('its alignment is not a power of two');
  return value;
}

function toLatin(bytes: Uint8Array): string {
  return String.fromCodePoint(...bytes);
}

/** Says what the first bytes look like, whatever the file is called. */
function toKind(magic: Uint8Array): string {
  const text = toLatin(magic);
  if (text.startsWith('PK')) return ' but a zip archive, such as a PyTorch checkpoint: these can run code and are never opened';
  if (magic[0] === 0x80 && (magic[1] ?? 0) <= 5) return ' but a Python pickle: these can run code and are never opened';
  if (text === 'FUGG') return ' for this machine: it was written for big-endian machines';
  if (text === 'ggml' || text === 'lmgg' || text === 'fmgg' || text === 'tjgg') return ' but an older format of llama.cpp';
  if (text.startsWith('<')) return ' but a web page: the download went wrong';
  if (text.startsWith('vers')) return ' but a pointer of Git LFS: the file itself was not fetched';
  return '';
}
