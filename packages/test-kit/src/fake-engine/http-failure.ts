/** A refusal with a status, as the handlers throw it; each wire gives it its own shape. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}
