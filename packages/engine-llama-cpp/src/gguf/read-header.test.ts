import { readFile } from 'node:fs/promises';

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  buildGguf,
  concat,
  listEntry,
  modelEntries,
  numberEntry,
  numberListEntry,
  string,
  textEntry,
  u32,
  u64,
} from '../testing/gguf-bytes.ts';
import type { GgufParts } from '../testing/gguf-bytes.ts';
import { createMemoryDisk } from '../testing/memory-disk.ts';
import { pilotPath } from '../testing/pilot-engine.ts';
import { describeHeader } from './describe-header.ts';
import { GgufRejection } from './gguf-rejection.ts';
import { HEADER_LIMITS } from './header-limits.ts';
import { readHeader } from './read-header.ts';
import type { GgufHeader } from './read-header.ts';

const F32 = 0;
const Q4_0 = 2;

async function read(bytes: Uint8Array, claimedBytes: number = bytes.length): Promise<GgufHeader> {
  return readHeader(createMemoryDisk({ '/m.gguf': bytes }), { path: '/m.gguf', sizeBytes: claimedBytes, modifiedMs: 1 });
}

function build(parts: Partial<GgufParts>): Uint8Array {
  return buildGguf({ entries: modelEntries, ...parts });
}

async function expectRejection(bytes: Uint8Array, reason: RegExp): Promise<void> {
  const failure = await read(bytes).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(GgufRejection);
  expect((failure as GgufRejection).message).toMatch(reason);
}

const tensor = (changes: Partial<NonNullable<GgufParts['tensors']>[number]> = {}): NonNullable<GgufParts['tensors']>[number] => ({
  name: 'w',
  dimensions: [32n, 2n],
  type: F32,
  offset: 0n,
  ...changes,
});

describe('a sound file', () => {
  test('is read: entries, weights, the type that most of them have', async () => {
    const header = await read(
      build({ tensors: [tensor(), tensor({ name: 'v', type: Q4_0, dimensions: [32n, 4n], offset: 256n })], weightBytes: 512 }),
    );
    expect(header).toMatchObject({ version: 3, weights: 192, mainTensorType: 'Q4_0' });
    expect(header.entries.get('general.architecture')).toBe('llama');
    expect(header.entries.get('tokenizer.ggml.tokens')).toEqual({ arrayLength: 3 });
  });

  test('may fill the file to its last byte', async () => {
    await expect(read(build({ tensors: [tensor()], weightBytes: 256 }))).resolves.toMatchObject({ weights: 64 });
    await expectRejection(build({ tensors: [tensor()], weightBytes: 255 }), /cut off/);
  });

  test('may have another alignment that is a power of two', async () => {
    const entries = [...modelEntries, numberEntry('general.alignment', 8)];
    await expect(read(build({ entries, tensors: [tensor({ offset: 8n })], weightBytes: 512 }))).resolves.toMatchObject({ weights: 64 });
  });

  test('keeps lists with one number for each layer, and no others', async () => {
    const heads = numberListEntry('llama.attention.head_count_kv', [2, 0, 8]);
    const entries = [...modelEntries, heads, numberListEntry('llama.other', [1, 2])];
    const { read: entry } = describeHeader(await read(build({ entries })));
    expect(entry('llama.attention.head_count_kv')).toEqual([2, 0, 8]);
    expect(entry('llama.other')).toBeUndefined();
  });

  test('the pilot model is one, and is described', async () => {
    const facts = describeHeader(await read(new Uint8Array(await readFile(pilotPath))));
    expect(facts).toMatchObject({
      family: 'llama',
      quantization: 'Q8_0',
      trainedContextLength: 2048,
      capabilities: ['completion', 'tools'],
    });
    expect(facts.cacheBytesPerToken).toBe(8 * 2 * 128 * 2);
    expect(facts.defect).toBeUndefined();
  });
});

describe('what is no GGUF file is refused by its content, whatever its name', () => {
  test.each([
    ['an empty file', new Uint8Array(0), /empty/],
    ['a pickle', new Uint8Array([0x80, 4, 0x95, 0, 0, 0, 0, 0]), /pickle/],
    ['a zip archive', new Uint8Array([0x50, 0x4b, 3, 4, 0, 0, 0, 0]), /zip archive/],
    ['a web page', new TextEncoder().encode('<!doctype html><title>404</title>'), /web page/],
    ['a pointer of Git LFS', new TextEncoder().encode('version https://git-lfs.github.com/spec/v1'), /Git LFS/],
    ['an older format', new TextEncoder().encode('ggml and more bytes than twenty-four'), /older format/],
    ['other bytes', new Uint8Array(64), /not a GGUF file$/],
    ['three bytes', new Uint8Array([71, 71, 85]), /not a GGUF file/],
    ['the magic alone', new TextEncoder().encode('GGUF'), /cut off/],
  ])('%s', async (_name, bytes, reason) => {
    await expectRejection(bytes, reason);
  });
});

describe('a header that lies is refused', () => {
  test.each<[string, Partial<GgufParts>, RegExp]>([
    ['version 1', { version: 1 }, /version 1/],
    ['a big-endian file', { version: 0x03_00_00_00 }, /big-endian/],
    ['2^63 tensors', { tensorCount: 2n ** 63n }, /more than 65,536 tensors/],
    ['2^64 - 1 entries', { entryCount: 2n ** 64n - 1n }, /more than 65,536 header entries/],
    ['more entries than there are', { entryCount: 40n }, /longer than the file|cut off|type that does not exist|no name|not valid/],
    ['the same key twice', { entries: [...modelEntries, textEntry('general.architecture', 'llama')] }, /"general.architecture" twice/],
    ['a text of 2^64 - 1 bytes', { entries: [['a', 8, u64(2n ** 64n - 1n)]] }, /value of "a" is longer than the file/],
    ['a text of 2^63 bytes', { entries: [['a', 8, u64(2n ** 63n)]] }, /longer than the file/],
    ['a list of 2^62 numbers', { entries: [['a', 9, concat(u32(10), u64(2n ** 62n))]] }, /list "a" is longer than the file/],
    ['a list of more texts than bytes', { entries: [['a', 9, concat(u32(8), u64(1_000n), string('x'))]] }, /longer than the file|cut off/],
    ['a text in a list that is longer than the file', { entries: [['a', 9, concat(u32(8), u64(1n), u64(2n ** 64n - 1n))]] }, /text in "a"/],
    ['a list of lists', { entries: [['a', 9, concat(u32(9), u64(1n), u32(9), u64(1n))]] }, /list of lists/],
    ['a value of an unknown type', { entries: [['a', 13, u32(0)]] }, /type that does not exist/],
    ['a list of an unknown type', { entries: [['a', 9, concat(u32(77), u64(0n))]] }, /type that does not exist/],
    ['an alignment of 0', { entries: [...modelEntries, numberEntry('general.alignment', 0)] }, /power of two/],
    ['an alignment of 48', { entries: [...modelEntries, numberEntry('general.alignment', 48)] }, /power of two/],
    ['an alignment of 2^31', { entries: [...modelEntries, numberEntry('general.alignment', 2 ** 31)] }, /power of two/],
    ['an alignment that is a text', { entries: [...modelEntries, textEntry('general.alignment', '32')] }, /power of two/],
    ['a chat template of a megabyte', { entries: [textEntry('tokenizer.chat_template', 'x'.repeat(2 ** 20))] }, /chat template is longer/],
    ['text that is not UTF-8', { entries: [['a', 8, concat(u64(2n), new Uint8Array([0xff, 0xfe]))]] }, /not valid UTF-8/],
  ])('%s', async (_name, parts, reason) => {
    await expectRejection(build(parts), reason);
  });

  test.each<[string, Parameters<typeof tensor>[0], RegExp]>([
    ['no dimensions', { dimensions: [] }, /0 dimensions/],
    ['five dimensions', { dimensions: [1n, 1n, 1n, 1n, 1n] }, /5 dimensions/],
    ['a dimension of 0', { dimensions: [0n, 1n] }, /impossible dimension/],
    ['a negative dimension', { dimensions: [2n ** 64n - 1n] }, /impossible dimension/],
    ['dimensions whose product overflows', { dimensions: [2n ** 32n, 2n ** 32n] }, /larger than any file/],
    ['dimensions whose product wraps to a small number', { dimensions: [2n ** 52n, 2n ** 12n, 2n] }, /larger than any file/],
    ['an unknown type', { type: 4 }, /type that llama.cpp does not read/],
    ['rows that do not fit the type', { type: Q4_0, dimensions: [33n] }, /rows/],
    ['an offset beyond the file', { offset: 1024n }, /cut off/],
    ['an offset of 2^64 - 32', { offset: 2n ** 64n - 32n }, /beyond the end/],
    ['an offset that is not aligned', { offset: 1n }, /not aligned/],
    ['a name of 64 bytes', { name: 'n'.repeat(64) }, /longer than 63 bytes/],
  ])('a tensor with %s', async (_name, changes, reason) => {
    await expectRejection(build({ tensors: [tensor(changes)], weightBytes: 512 }), reason);
  });

  test('a key of 2^64 - 1 bytes', async () => {
    await expectRejection(
      concat(build({ entries: [] }).subarray(0, 16), u64(1n), u64(2n ** 64n - 1n)),
      /name of a header entry is longer than the file/,
    );
  });

  test('two tensors of one name', async () => {
    await expectRejection(build({ tensors: [tensor(), tensor()], weightBytes: 512 }), /tensor "w" twice/);
  });

  test('a file that became shorter than the system said', async () => {
    const bytes = build({ tensors: [tensor()], weightBytes: 256 });
    await expect(read(bytes.subarray(0, 30), bytes.length)).rejects.toBeInstanceOf(GgufRejection);
  });

  test('words out of the file are harmless in the reason', async () => {
    const key = '\u202Eevil<script>\n{"a":1}/etc/passwd';
    const failure = await read(build({ entries: [[key, 99, u32(0)]] })).catch((error: unknown) => error);
    expect((failure as Error).message).toMatch(/^the value of "[\w.?-]+" has a type that does not exist$/);
  });
});

describe('whatever the bytes', () => {
  const sound = build({
    entries: [...modelEntries, numberEntry('llama.context_length', 2048), listEntry('tokenizer.ggml.merges', ['a b', 'b c'])],
    tensors: [tensor(), tensor({ name: 'v', type: Q4_0, offset: 256n })],
    weightBytes: 512,
  });

  async function expectHarmless(bytes: Uint8Array): Promise<void> {
    const disk = createMemoryDisk({ '/m.gguf': bytes });
    try {
      describeHeader(await readHeader(disk, { path: '/m.gguf', sizeBytes: bytes.length, modifiedMs: 1 }));
    } catch (error) {
      expect(error).toBeInstanceOf(GgufRejection);
    }
    for (const { offset, length } of disk.reads) {
      expect(offset + length).toBeLessThanOrEqual(bytes.length);
      expect(length).toBeLessThanOrEqual(Math.max(HEADER_LIMITS.pieceBytes, HEADER_LIMITS.stringBytes));
    }
  }

  test('a changed header is read or rejected, never more, and only within the file', async () => {
    const change = fc.record({ at: fc.nat(sound.length - 1), value: fc.integer({ min: 0, max: 255 }) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 8 }), fc.nat(sound.length), async (changes, cutAt) => {
        const bytes = sound.slice(0, cutAt === 0 ? sound.length : cutAt);
        for (const { at, value } of changes) bytes[at % Math.max(1, bytes.length)] = value;
        await expectHarmless(bytes);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a number anywhere in the header may be anything', async () => {
    const extreme = fc.constantFrom(0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 53n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n);
    await fc.assert(
      fc.asyncProperty(fc.nat(sound.length - 520), extreme, async (at, value) => {
        const bytes = sound.slice();
        new DataView(bytes.buffer).setBigUint64(at, value, true);
        await expectHarmless(bytes);
      }),
      { numRuns: 2_000 },
    );
  });

  test('bytes at random after a right beginning', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), async (rest) => {
        await expectHarmless(concat(sound.slice(0, 24), rest));
      }),
      { numRuns: 1_000 },
    );
  });
});
