import type { Disk } from '@pilotlight/contract';

import { GgufRejection } from './gguf-rejection.ts';
import { HEADER_LIMITS } from './header-limits.ts';

const EMPTY = new Uint8Array(0);
const LARGEST_EXACT = BigInt(Number.MAX_SAFE_INTEGER);

/**
 * Walks forward over a file in bounded pieces. No read goes beyond the file's end or the header's limit, whatever lengths the file claims:
 * each length is compared with what is left before anything is asked of the disk or allocated.
 */
export class ByteCursor {
  readonly #disk: Disk;
  readonly #path: string;
  readonly #end: number;
  #piece: Uint8Array = EMPTY;
  #view: DataView = new DataView(EMPTY.buffer);
  /** Where the piece begins in the file, and where in the piece the cursor stands. */
  #pieceStart = 0;
  #at = 0;

  constructor(disk: Disk, path: string, sizeBytes: number) {
    this.#disk = disk;
    this.#path = path;
    this.#end = Math.min(sizeBytes, HEADER_LIMITS.headerBytes);
  }

  get position(): number {
    return this.#pieceStart + this.#at;
  }

  get remaining(): number {
    return this.#end - this.position;
  }

  /** How many bytes can be read without waiting. */
  get ready(): number {
    return this.#piece.length - this.#at;
  }

  /** Makes `length` bytes ready, in a loop that awaits only if they are not: `if (cursor.ready < n) await cursor.fill(n)`. */
  async fill(length: number): Promise<void> {
    if (length <= this.ready) return;
    if (length > this.remaining) throw new GgufRejection('its header is cut off');
    const start = this.position;
    const wanted = Math.min(Math.max(length, HEADER_LIMITS.pieceBytes), this.#end - start);
    const piece = await this.#disk.read(this.#path, start, wanted);
    if (piece.length < length) throw new GgufRejection('it became shorter while it was read');
    this.#piece = piece;
    this.#view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
    this.#pieceStart = start;
    this.#at = 0;
  }

  uint8(): number {
    this.#at += 1;
    return this.#view.getUint8(this.#at - 1);
  }

  uint32(): number {
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  /** An unsigned 64-bit number, or undefined if it is beyond 2^53 and so never a size of anything real. */
  size(): number | undefined {
    this.#at += 8;
    const value = this.#view.getBigUint64(this.#at - 8, true);
    return value > LARGEST_EXACT ? undefined : Number(value);
  }

  bytes(length: number): Uint8Array {
    this.#at += length;
    return this.#piece.subarray(this.#at - length, this.#at);
  }

  dataView(length: number): DataView {
    const bytes = this.bytes(length);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }

  /** Moves on without reading what lies between. */
  skip(length: number): void {
    if (length > this.remaining) throw new GgufRejection('its header is cut off');
    const target = this.#at + length;
    if (target <= this.#piece.length) {
      this.#at = target;
      return;
    }
    this.#pieceStart += target;
    this.#at = 0;
    this.#piece = EMPTY;
    this.#view = new DataView(EMPTY.buffer);
  }
}
