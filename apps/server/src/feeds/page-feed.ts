import type { ChatEvent, GatewayEvent, StorageView } from '@pilotlight/contract';

import type { StreamEvent } from '../http/define-route.ts';
import type { Services } from '../http/services.ts';
import { changeFeed } from './change-feed.ts';
import type { Change } from './change-feed.ts';

type FeedServices = Pick<Services, 'gateway' | 'chat' | 'writes' | 'clock' | 'state'>;

/** What a feed carries. */
export interface FeedContent {
  readonly models: boolean;
  readonly conversations: boolean;
  /** Whether anything can be stored: how it stands first, then its changes. */
  readonly storage: boolean;
}

/** Changes of models, of conversations, of the storage, or of all of them, until the reader leaves or the server stops. */
export function pageFeed(content: FeedContent, services: FeedServices, signal: AbortSignal): AsyncIterable<StreamEvent> {
  const { gateway, chat, writes, clock, state } = services;
  return changeFeed({
    clock,
    signal: AbortSignal.any([signal, state.stopping]),
    subscribe(onChange) {
      const subscriptions = new DisposableStack();
      if (content.models) subscriptions.use(gateway.subscribe((event) => onChange(toModelChange(event))));
      if (content.conversations) subscriptions.use(chat.subscribe((event) => onChange(toConversationChange(event))));
      if (content.storage) subscriptions.use(writes.subscribe((storage) => onChange({ key: 'storage', event: toStorageEvent(storage) })));
      return subscriptions;
    },
    picture: () => [
      ...(content.models ? [{ type: 'models', ...gateway.models() }] : []),
      ...(content.storage ? [toStorageEvent(writes.state())] : []),
    ],
  });
}

function toStorageEvent(storage: StorageView): { readonly type: 'storage'; readonly storage: StorageView } {
  return { type: 'storage', storage };
}

function toModelChange(event: GatewayEvent): Change {
  switch (event.type) {
    case 'model':
      return { key: `model ${event.model.engine} ${event.model.name}`, event };
    case 'model_removed':
      return { key: `model ${event.engine} ${event.name}`, event };
    case 'engine':
      return { key: `engine ${event.engine.id}`, event };
    case 'memory':
      return { key: 'memory', event };
  }
}

function toConversationChange(event: ChatEvent): Change {
  switch (event.type) {
    case 'conversation':
      return { key: `conversation ${event.conversation.id}`, event };
    case 'conversation_removed':
      return { key: `conversation ${event.id}`, event };
    case 'conversation_settings':
      return { key: `settings ${event.id}`, event };
    case 'preset':
      return { key: `preset ${event.preset.id}`, event };
    case 'preset_removed':
      return { key: `preset ${event.id}`, event };
  }
}
