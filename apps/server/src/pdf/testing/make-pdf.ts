import { deflateSync } from 'node:zlib';

interface PdfOptions {
  /** The operators of each page. */
  readonly pages: readonly string[];
  /** Packed content in place of the first page's: as many bytes as this of blanks. */
  readonly bombBytes?: number;
}

/** A small PDF of these pages, with a cross-reference table that fits. */
export function makePdf({ pages, bombBytes }: PdfOptions): Uint8Array {
  const objects: (string | Buffer)[] = ['<< /Type /Catalog /Pages 2 0 R >>'];
  const kids = pages.map((_, index) => `${4 + index * 2} 0 R`).join(' ');
  objects.push(`<< /Type /Pages /Kids [${kids}] /Count ${pages.length} >>`, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>');
  for (const [index, operators] of pages.entries()) {
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 300] /Resources << /Font << /F1 3 0 R >> >> /Contents ${5 + index * 2} 0 R >>`,
      index === 0 && bombBytes !== undefined ? toBomb(bombBytes) : toStream(Buffer.from(operators), ''),
    );
  }
  return toFile(objects);
}

/** The operators that write these lines. */
export function textOf(...lines: readonly string[]): string {
  return lines.map((line, index) => `BT /F1 12 Tf 20 ${280 - index * 20} Td (${line}) Tj ET`).join('\n');
}

function toStream(content: Buffer, filter: string): Buffer {
  return Buffer.concat([Buffer.from(`<< /Length ${content.length} ${filter}>>\nstream\n`), content, Buffer.from('\nendstream')]);
}

/** Packed twice: a few kilobytes that unpack to whatever is wanted. */
function toBomb(length: number): Buffer {
  const once = deflateSync(Buffer.alloc(length, 0x20), { level: 9 });
  return toStream(deflateSync(once, { level: 9 }), '/Filter [/FlateDecode /FlateDecode] ');
}

function toFile(objects: readonly (string | Buffer)[]): Uint8Array {
  const pieces: Buffer[] = [Buffer.from('%PDF-1.7\n')];
  const offsets: number[] = [];
  let length = 9;
  for (const [index, object] of objects.entries()) {
    const piece = Buffer.concat([Buffer.from(`${index + 1} 0 obj\n`), Buffer.from(object), Buffer.from('\nendobj\n')]);
    offsets.push(length);
    length += piece.length;
    pieces.push(piece);
  }
  const rows = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const size = objects.length + 1;
  const tail = `xref\n0 ${size}\n0000000000 65535 f \n${rows}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${length}\n%%EOF\n`;
  return Buffer.concat([...pieces, Buffer.from(tail)]);
}
