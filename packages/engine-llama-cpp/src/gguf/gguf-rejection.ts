/**
 * Why a file is not opened. The message finishes the sentence "The file cannot be used: …" and is safe to show: it holds no path and no bytes of the file.
 * The only error that the header reader throws.
 */
export class GgufRejection extends Error {
  override readonly name = 'GgufRejection';
}
