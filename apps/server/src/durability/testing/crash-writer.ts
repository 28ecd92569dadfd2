import { createChat } from '@pilotlight/chat';
import { sleep } from '@pilotlight/contract';
import type { GatewayPart } from '@pilotlight/contract';
import { openStorage } from '@pilotlight/storage';

import { systemClock } from '../../adapters/system-clock.ts';
import { systemRandomness } from '../../adapters/system-randomness.ts';
import { createScriptedGateway, RECEIPT } from '../../testing/scripted-gateway.ts';

/**
 * A process that chats as fast as it can and tells its parent what it was told, until it is killed: run by crash.test.ts.
 * Arguments: the database file, and a name that is new in each run.
 */
const [, , file = '', run = ''] = process.argv;
const CLIENTS = 8;

export type CrashReport =
  | { readonly type: 'recovered'; readonly count: number }
  | { readonly type: 'acknowledged'; readonly conversationId: string; readonly messageId: string; readonly text: string }
  | { readonly type: 'shown'; readonly generationId: string; readonly offset: number; readonly part: string };

function report(message: CrashReport): void {
  process.send?.(message);
}

async function* answer(): AsyncGenerator<GatewayPart> {
  for (let index = 0; index < 40; index += 1) {
    await sleep(systemClock, systemRandomness.next() * 4);
    yield { type: 'text', text: `${index} ` };
  }
  yield { type: 'finish', reason: 'stop', receipt: RECEIPT };
}

const storage = await openStorage({ location: { file }, clock: systemClock });
const gateway = createScriptedGateway();
gateway.script = answer;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const chat = createChat({ gateway, store: storage.chats, clock: systemClock, randomness: systemRandomness, log });
report({ type: 'recovered', count: await chat.recover() });

async function talk(client: number): Promise<void> {
  const conversationId = `${run}-${client}`;
  for (let turn = 0; ; turn += 1) {
    const messageId = `${conversationId}-${turn}`;
    const text = `Question ${turn} of ${conversationId}`;
    const accepted = await chat.post({
      conversationId,
      messageId,
      text,
      task: 'chat',
      options: {},
      priority: 'api',
      requestId: messageId,
    });
    report({ type: 'acknowledged', conversationId, messageId, text });
    for await (const { offset, part } of chat.follow(accepted.generation_id, 0, new AbortController().signal)) {
      report({ type: 'shown', generationId: accepted.generation_id, offset, part: JSON.stringify(part) });
    }
  }
}

await Promise.all(Array.from({ length: CLIENTS }, (_, client) => talk(client)));
