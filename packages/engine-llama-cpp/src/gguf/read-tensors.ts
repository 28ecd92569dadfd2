import type { ByteCursor } from './byte-cursor.ts';
import { GgufRejection } from './gguf-rejection.ts';
import { HEADER_LIMITS } from './header-limits.ts';
import { quoted, readString } from './read-entries.ts';
import { tensorType } from './tensor-types.ts';

interface TensorPlace {
  readonly name: string;
  readonly typeName: string;
  readonly weights: number;
  readonly bytes: number;
  /** From the start of the weights. */
  readonly offset: number;
}

/** Reads the list of tensors and checks each on its own: name, dimensions, type, size, alignment. Whether they lie in the file is checked after. */
export async function readTensors(cursor: ByteCursor, count: number, alignment: number): Promise<readonly TensorPlace[]> {
  const tensors: TensorPlace[] = [];
  const names = new Set<string>();
  for (let index = 0; index < count; index += 1) {
    const name = await readString(cursor, HEADER_LIMITS.tensorNameBytes, 'the name of a tensor');
    if (names.has(name)) throw new GgufRejection(`it has the tensor ${quoted(name)} twice`);
    names.add(name);
    const dimensions = await readDimensions(cursor, name);
    await cursor.fill(12);
    const type = tensorType(cursor.uint32());
    if (type === undefined) throw new GgufRejection(`the tensor ${quoted(name)} has a type that llama.cpp does not read`);
    const offset = cursor.size();
    if (offset === undefined) throw new GgufRejection(`the tensor ${quoted(name)} lies beyond the end of the file`);
    if (offset % alignment !== 0) throw new GgufRejection(`the tensor ${quoted(name)} is not aligned`);
    const row = dimensions[0] ?? 1;
    if (row % type.blockWeights !== 0) throw new GgufRejection(`the rows of the tensor ${quoted(name)} do not fit its type`);
    const weights = product(dimensions, name);
    const bytes = (weights / type.blockWeights) * type.blockBytes;
    if (!Number.isSafeInteger(bytes)) throw new GgufRejection(`the tensor ${quoted(name)} is larger than any file`);
    tensors.push({ name, typeName: type.name, weights, bytes, offset });
  }
  return tensors;
}

/** Holds every tensor within the file: the check whose absence elsewhere let files read foreign memory. */
export function assertWithinFile(tensors: readonly TensorPlace[], dataStart: number, sizeBytes: number): void {
  for (const tensor of tensors) {
    const end = dataStart + tensor.offset + tensor.bytes;
    if (!Number.isSafeInteger(end) || end > sizeBytes) {
      throw new GgufRejection(`it is cut off: the tensor ${quoted(tensor.name)} ends beyond the end of the file`);
    }
  }
}

async function readDimensions(cursor: ByteCursor, name: string): Promise<readonly number[]> {
  await cursor.fill(4);
  const count = cursor.uint32();
  if (count === 0 || count > HEADER_LIMITS.dimensions) throw new GgufRejection(`the tensor ${quoted(name)} has ${count} dimensions`);
  await cursor.fill(count * 8);
  const dimensions: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const dimension = cursor.size();
    if (dimension === undefined || dimension === 0) throw new GgufRejection(`the tensor ${quoted(name)} has an impossible dimension`);
    dimensions.push(dimension);
  }
  return dimensions;
}

function product(dimensions: readonly number[], name: string): number {
  let weights = 1;
  for (const dimension of dimensions) {
    weights *= dimension;
    if (!Number.isSafeInteger(weights)) throw new GgufRejection(`the tensor ${quoted(name)} is larger than any file`);
  }
  return weights;
}
