import type { PageEvent } from '@pilotlight/contract';

import { followStream, type StreamPorts, type StreamStatus } from './follow-stream.ts';
import type { HubLink } from './generation-feed.ts';
import type { Connection } from './hub-messages.ts';
import { createSilences } from './silences.ts';

const TOPIC = 'page';

export interface PageListener {
  readonly onPageEvents: (events: readonly PageEvent[]) => void;
  readonly onConnection: (connection: Connection) => void;
  /** The picture of the models, for tabs that come later. */
  readonly picture: () => PageEvent | undefined;
}

export interface PageFeed {
  /** Whether this tab has its own stream. */
  isReading(): boolean;
  read(): void;
  /** Asks the leader for the picture and the state of the connection; reads for itself if nobody answers. */
  ask(): void;
  answerWant(): void;
  take(events: readonly PageEvent[]): void;
  takeConnection(connection: Connection): void;
  tryNow(): void;
  close(): void;
}

export function createPageFeed(ports: StreamPorts, listener: PageListener, link: HubLink): PageFeed {
  const closed = new AbortController();
  let stream: { readonly tryNow: () => void } | undefined;
  let connection: Connection = { kind: 'connecting' };
  const silences = createSilences(ports.clock);

  function setConnection(next: Connection): void {
    connection = next;
    listener.onConnection(next);
  }

  function read(): void {
    stream ??= followStream(ports, {
      path: () => '/api/events',
      signal: closed.signal,
      report(status) {
        if (status.kind === 'refused') stream = undefined;
        setConnection(toConnection(status));
        link.say({ kind: 'connection', connection });
      },
      take(received) {
        const events = received.map(({ data }) => JSON.parse(data) as PageEvent);
        listener.onPageEvents(events);
        link.say({ kind: 'page', events });
        return false;
      },
    });
  }

  return {
    isReading: () => stream !== undefined,
    read,
    ask() {
      link.say({ kind: 'want-page' });
      silences.listen(TOPIC, read);
    },
    answerWant() {
      const picture = listener.picture();
      if (picture !== undefined) link.say({ kind: 'page', events: [picture] });
      link.say({ kind: 'connection', connection });
    },
    take(events) {
      silences.hear(TOPIC);
      if (stream === undefined) listener.onPageEvents(events);
    },
    takeConnection(next) {
      silences.hear(TOPIC);
      if (stream === undefined) setConnection(next);
    },
    tryNow: () => stream?.tryNow(),
    close() {
      closed.abort();
      silences.close();
    },
  };
}

function toConnection(status: StreamStatus): Connection {
  return status.kind === 'refused' ? { kind: 'refused', status: status.refusal.problem.status } : status;
}
