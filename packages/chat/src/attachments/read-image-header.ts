export interface ImageHeader {
  readonly mediaType: 'image/png' | 'image/jpeg' | 'image/webp' | 'image/gif';
  readonly width: number;
  readonly height: number;
}

type Reader = (view: DataView) => { readonly width: number; readonly height: number } | undefined;

interface Format {
  readonly mediaType: ImageHeader['mediaType'];
  readonly marks: readonly { readonly at: number; readonly bytes: string }[];
  readonly readSize: Reader;
}

const FORMATS: readonly Format[] = [
  { mediaType: 'image/png', marks: [{ at: 0, bytes: '\x89PNG\r\n\x1a\n' }], readSize: readPng },
  { mediaType: 'image/jpeg', marks: [{ at: 0, bytes: '\xff\xd8\xff' }], readSize: readJpeg },
  {
    mediaType: 'image/webp',
    marks: [
      { at: 0, bytes: 'RIFF' },
      { at: 8, bytes: 'WEBP' },
    ],
    readSize: readWebp,
  },
  { mediaType: 'image/gif', marks: [{ at: 0, bytes: 'GIF87a' }], readSize: readGif },
  { mediaType: 'image/gif', marks: [{ at: 0, bytes: 'GIF89a' }], readSize: readGif },
];

/** Type and size of an image from its first bytes. Undefined: it is no image of a kind that is taken. `damaged`: it begins like one, and is none. */
export function readImageHeader(bytes: Uint8Array): ImageHeader | 'damaged' | undefined {
  const format = FORMATS.find(({ marks }) => marks.every((mark) => stands(bytes, mark)));
  if (format === undefined) return undefined;
  const size = trySize(format.readSize, new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  if (size === undefined || size.width === 0 || size.height === 0) return 'damaged';
  return { mediaType: format.mediaType, ...size };
}

function stands(bytes: Uint8Array, { at, bytes: mark }: Format['marks'][number]): boolean {
  return [...mark].every((character, index) => bytes[at + index] === character.charCodeAt(0));
}

/** A header that ends early throws out of its view. */
function trySize(read: Reader, view: DataView): ReturnType<Reader> {
  try {
    return read(view);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function readPng(view: DataView): ReturnType<Reader> {
  const isHeader = view.getUint32(12) === 0x49_48_44_52;
  return isHeader ? { width: view.getUint32(16), height: view.getUint32(20) } : undefined;
}

function readGif(view: DataView): ReturnType<Reader> {
  return { width: view.getUint16(6, true), height: view.getUint16(8, true) };
}

/** Segments follow each other by their lengths until one of those that hold the size. */
function readJpeg(view: DataView): ReturnType<Reader> {
  for (let at = 2; ;) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const holdsSize = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (holdsSize) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) };
    const length = view.getUint16(at + 2);
    // The scan begins, or the length is none: there is no size before it.
    if (marker === 0xda || marker === 0xd9 || length < 2) return undefined;
    at += 2 + length;
  }
}

function readWebp(view: DataView): ReturnType<Reader> {
  switch (view.getUint32(12)) {
    case 0x56_50_38_58:
      return { width: (view.getUint32(24, true) & 0xff_ff_ff) + 1, height: (view.getUint32(26, true) >>> 8) + 1 };
    case 0x56_50_38_4c: {
      const bits = view.getUint32(21, true);
      return { width: (bits & 0x3f_ff) + 1, height: ((bits >>> 14) & 0x3f_ff) + 1 };
    }
    case 0x56_50_38_20:
      return { width: view.getUint16(26, true) & 0x3f_ff, height: view.getUint16(28, true) & 0x3f_ff };
    default:
      return undefined;
  }
}
