import { describe, expect, it } from 'vitest';

import { makePdf, textOf } from '../testing/make-pdf.ts';
import { createPdfReader } from './read-pdf.ts';

const MEBIBYTE = 2 ** 20;

describe('a PDF', () => {
  it('gives its text, page by page and line by line', async () => {
    const file = makePdf({ pages: [textOf('First line', 'Second line'), textOf('Another page')] });
    expect(await createPdfReader()(file)).toEqual({ pages: 2, pagesRead: 2, text: 'First line\nSecond line\n\nAnother page' });
  });

  it('is read as far as the limits go', async () => {
    const file = makePdf({ pages: [textOf('one'), textOf('two'), textOf('three')] });
    expect(await createPdfReader({ mostPages: 2 })(file)).toMatchObject({ pages: 3, pagesRead: 2, text: 'one\n\ntwo' });
    expect(await createPdfReader({ mostCharacters: 7 })(file)).toMatchObject({ pages: 3, pagesRead: 2 });
  });

  it('leaves the bytes that it was given as they are', async () => {
    const file = makePdf({ pages: [textOf('one')] });
    const copy = Uint8Array.from(file);
    await createPdfReader()(file);
    expect(Uint8Array.from(file)).toEqual(copy);
  });

  it('that is damaged is refused', async () => {
    const read = createPdfReader();
    const whole = makePdf({ pages: [textOf('one')] });
    const refusal = { code: 'attachment_refused', detail: 'The PDF is damaged: it cannot be read.' };
    await expect(read(Buffer.from('%PDF-1.7\nnothing'))).rejects.toMatchObject(refusal);
    await expect(read(whole.subarray(0, 60))).rejects.toMatchObject(refusal);
    expect(await read(whole)).toMatchObject({ text: 'one' });
  });

  it('that unpacks itself without end is given up before it has the memory of the machine', async () => {
    const bomb = makePdf({ pages: [''], bombBytes: 250 * MEBIBYTE });
    expect(bomb.byteLength).toBeLessThan(100_000);
    const read = createPdfReader({ mostBytes: 60 * MEBIBYTE });
    await expect(read(bomb)).rejects.toMatchObject({ code: 'attachment_refused', detail: 'The PDF takes too much memory to read.' });
    expect(await read(makePdf({ pages: [textOf('after it')] }))).toMatchObject({ text: 'after it' });
  }, 60_000);

  it('that takes too long is given up, and the next one is read', async () => {
    const slow = makePdf({ pages: [`${textOf('x')}\n`.repeat(40_000)] });
    const read = createPdfReader({ timeoutMs: 1 });
    await expect(read(slow)).rejects.toMatchObject({ code: 'attachment_refused', detail: 'The PDF took too long to read.' });
    expect(await createPdfReader()(makePdf({ pages: [textOf('after it')] }))).toMatchObject({ text: 'after it' });
  });

  it('waits for the others, of which there are not too many', async () => {
    const file = makePdf({ pages: [textOf('one')] });
    const read = createPdfReader({ mostWaiting: 2 });
    const outcomes = await Promise.allSettled([read(file), read(file), read(file)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(outcomes[2]).toMatchObject({ reason: { code: 'queue_full' } });
    expect(await read(file)).toMatchObject({ text: 'one' });
  });
});
