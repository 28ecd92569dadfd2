import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { createEventStreamParser, MAX_EVENT_LENGTH } from './event-stream.ts';

const STREAM =
  ': open\n\nid: 0\nevent: start\ndata: {"a":1}\n\nid: 1\r\nevent: text\r\ndata: one\r\ndata: two\r\n\r\ndata:no space\n\n: 10 s\n\n';
const EVENTS = [
  { id: '0', event: 'start', data: '{"a":1}' },
  { id: '1', event: 'text', data: 'one\ntwo' },
  { id: '1', event: 'message', data: 'no space' },
];

describe('createEventStreamParser', () => {
  it('reads events, whatever the line ends, and leaves comments out', () => {
    expect(createEventStreamParser()(STREAM)).toEqual(EVENTS);
  });

  it('tells of comments, wherever the text is cut', () => {
    const comments: string[] = [];
    const parse = createEventStreamParser((text) => comments.push(text));
    for (const character of ': open\n\n:1250\nid: 3\ndata: x\n\n:\n') parse(character);
    expect(comments).toEqual(['open', '1250', '']);
  });

  it('gives the same events wherever the text is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: STREAM.length }), { maxLength: 12 }), (cuts) => {
        const parse = createEventStreamParser();
        const places = [0, ...cuts.toSorted((a, b) => a - b), STREAM.length];
        const events = places.slice(1).flatMap((end, index) => parse(STREAM.slice(places[index], end)));
        expect(events).toEqual(EVENTS);
      }),
    );
  });

  it('does not give an event that is not complete', () => {
    const parse = createEventStreamParser();
    expect(parse('data: half')).toEqual([]);
    expect(parse('\n')).toEqual([]);
    expect(parse('\n')).toEqual([{ id: '', event: 'message', data: 'half' }]);
  });

  it('refuses an event without end', () => {
    const parse = createEventStreamParser();
    expect(() => parse(`data: ${'x'.repeat(MAX_EVENT_LENGTH + 1)}`)).toThrow(RangeError);
  });
});
