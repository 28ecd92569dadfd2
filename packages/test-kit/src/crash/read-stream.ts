/** One event of a stream of an answer, read without any code of the product. */
export interface StreamedPart {
  readonly offset: number;
  readonly part: unknown;
}

/** The parts of a `text/event-stream` as they come. Throws where the connection breaks. */
export async function* readStream(response: Response): AsyncGenerator<StreamedPart> {
  if (response.body === null) return;
  let rest = '';
  for await (const piece of response.body.pipeThrough(new TextDecoderStream())) {
    const blocks = (rest + piece).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const part = toPart(block);
      if (part !== undefined) yield part;
    }
  }
}

function toPart(block: string): StreamedPart | undefined {
  const field = (name: string): string | undefined =>
    block
      .split('\n')
      .find((line) => line.startsWith(`${name}: `))
      ?.slice(name.length + 2);
  const data = field('data');
  return data === undefined ? undefined : { offset: Number(field('id')), part: JSON.parse(data) };
}
