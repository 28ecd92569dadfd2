import type { PageEvent } from '@pilotlight/contract';

import type { StreamPorts } from './follow-stream.ts';
import { createGenerationFeed, type GenerationListener, type HubLink } from './generation-feed.ts';
import { isHubMessage, type HubMessage } from './hub-messages.ts';
import { createPageFeed, type PageListener } from './page-feed.ts';
import type { Tabs } from './tabs.ts';

/**
 * One set of event streams for all tabs of a browser, because a browser opens only six connections to a server. The tab that leads reads from the
 * server and tells the others; when it goes, another one leads and reads on.
 */
export interface Hub {
  /** Follows a generation from its first part until it is done or the subscription is disposed. */
  follow(generation: string, listener: GenerationListener): Disposable;
  /** Ends the wait for the next try to connect, or begins again after a refusal. */
  tryNow(): void;
  close(): void;
}

export interface HubPorts extends StreamPorts {
  readonly tabs: Tabs;
}

export function createHub(ports: HubPorts, listener: PageListener): Hub {
  const closed = new AbortController();
  let isLeader = false;
  const link: HubLink = {
    say(message) {
      if (!closed.signal.aborted) ports.tabs.post(message);
    },
    reads: () => isLeader || page.isReading(),
  };
  const page = createPageFeed(ports, listener, link);
  const generations = createGenerationFeed(ports, link);

  function receive(message: HubMessage): void {
    switch (message.kind) {
      case 'want-page':
        if (isLeader) page.answerWant();
        break;
      case 'want-parts':
        if (isLeader) generations.answerWant(message.generation, message.from);
        break;
      case 'try-now':
        if (isLeader) tryNow();
        break;
      case 'leader':
        if (!page.isReading()) page.ask();
        generations.renew();
        break;
      case 'page':
        page.take(message.events as PageEvent[]);
        break;
      case 'connection':
        page.takeConnection(message.connection);
        break;
      case 'parts':
        generations.take(message.generation, message.parts);
        break;
      case 'parts-gone':
        generations.takeGone(message.generation);
        break;
    }
  }

  function tryNow(): void {
    if (isLeader) page.read();
    page.tryNow();
    generations.tryNow();
  }

  const subscription = ports.tabs.onMessage((message) => {
    if (isHubMessage(message)) receive(message);
  });
  page.ask();
  ports.tabs.becomeLeader(closed.signal, () => {
    isLeader = true;
    page.read();
    generations.renew();
    link.say({ kind: 'leader' });
  });

  return {
    follow: (generation, generationListener) => generations.follow(generation, generationListener),
    tryNow() {
      if (!isLeader) link.say({ kind: 'try-now' });
      tryNow();
    },
    close() {
      closed.abort();
      subscription[Symbol.dispose]();
      page.close();
      generations.close();
    },
  };
}
