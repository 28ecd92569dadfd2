/** One event of a `text/event-stream`, as the HTML standard §9.2 has it. */
export interface ServerSentEvent {
  /** The last `id:` seen, or an empty string. */
  readonly id: string;
  /** `message` unless named. */
  readonly event: string;
  readonly data: string;
}

/** An event longer than this is not one of ours; the reader refuses it instead of growing. In UTF-16 code units. */
export const MAX_EVENT_LENGTH = 16 * 1024 * 1024;

/**
 * Parses a `text/event-stream` as it arrives: feed it text in pieces of any size, get the events that are complete. Comments and `retry:` are left out.
 * `onComment` hears those of its own line. Throws `RangeError` if one event grows beyond `MAX_EVENT_LENGTH`.
 */
export function createEventStreamParser(onComment?: (text: string) => void): (piece: string) => ServerSentEvent[] {
  let rest = '';
  let id = '';
  let event = '';
  let data: string[] = [];
  let dataLength = 0;

  function takeField(name: string, value: string): void {
    if (name === 'data') {
      data.push(value);
      dataLength += value.length;
    } else if (name === 'event') event = value;
    else if (name === 'id' && !value.includes('\0')) id = value;
  }

  function takeLine(line: string, events: ServerSentEvent[]): void {
    if (line === '') {
      if (data.length > 0) events.push({ id, event: event === '' ? 'message' : event, data: data.join('\n') });
      event = '';
      data = [];
      dataLength = 0;
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) {
      onComment?.(line.slice(1).trim());
      return;
    }
    const name = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1);
    takeField(name, value.startsWith(' ') ? value.slice(1) : value);
  }

  return (piece) => {
    rest += piece;
    const events: ServerSentEvent[] = [];
    let start = 0;
    for (let match = nextLineEnd(rest, start); match; match = nextLineEnd(rest, start)) {
      takeLine(rest.slice(start, match.at), events);
      start = match.at + match.length;
    }
    rest = rest.slice(start);
    if (rest.length + dataLength > MAX_EVENT_LENGTH) throw new RangeError('an event is longer than this reader takes');
    return events;
  };
}

/** The next line end: LF, CRLF, or CR that is surely alone (a CR at the very end may be half of a CRLF). */
function nextLineEnd(text: string, from: number): { at: number; length: number } | undefined {
  for (let index = from; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 10) return { at: index, length: 1 };
    if (code !== 13) continue;
    if (index + 1 === text.length) return undefined;
    return { at: index, length: text.charCodeAt(index + 1) === 10 ? 2 : 1 };
  }
  return undefined;
}
