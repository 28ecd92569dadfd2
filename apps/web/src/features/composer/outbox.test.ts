import type { PostMessage } from '@pilotlight/contract';
import { createManualClock, createSeededRandomness } from '@pilotlight/test-kit';
import { describe, expect, it } from 'vitest';

import { ConnectionLost, RequestRefused } from '../../api/http.ts';
import { INITIAL_STATE } from '../../app/app-state.ts';
import type { Core } from '../../app/core.ts';
import type { KeptTexts } from '../../app/ports.ts';
import { createStore } from '../../app/store.ts';
import type { AnswerActions } from '../thread/answer-actions.ts';
import { createOutbox } from './outbox.ts';

interface Posted extends PostMessage {
  readonly accept: () => Promise<void>;
  readonly refuse: (code: string) => Promise<void>;
  readonly lose: () => Promise<void>;
}

/** An outbox whose server answers when the test says so. */
function createBench() {
  const clock = createManualClock();
  const posted: Posted[] = [];
  const kept = new Map<string, string>();
  const texts: KeptTexts = {
    get: (key) => kept.get(key),
    set: (key, value) => void kept.set(key, value),
    remove: (key) => void kept.delete(key),
  };
  const store = createStore(INITIAL_STATE);
  const settled = (): Promise<void> => new Promise((done) => setImmediate(done));
  const postMessage = (conversation_id: string, body: PostMessage): Promise<unknown> => {
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const { message_id } = body;
    posted.push({
      ...body,
      accept: () => (resolve({ conversation_id, message_id, answer_id: `answer to ${message_id}`, generation_id: 'g' }), settled()),
      refuse: (code) => (
        reject(new RequestRefused({ code, title: '', detail: '', remedy: '', status: 409, type: '', source: 'app' })),
        settled()
      ),
      lose: () => (reject(new ConnectionLost('gone')), settled()),
    });
    return promise;
  };
  const ports = { clock, randomness: createSeededRandomness(1), keptInTab: texts };
  const core = { ports, api: { postMessage }, store, drafts: { settle: () => {}, write: () => {} } } as unknown as Core;
  const outbox = createOutbox(core, { begin: () => {} } as unknown as AnswerActions, { onSent: () => {} });
  const send = (text: string, parentId: string | null | undefined, newConversation?: { temporary: true }): string => {
    outbox.send({ conversationId: 'c', text, parentId, model: undefined, draftOf: 'c', newConversation });
    return store.get().outbox.at(-1)?.messageId ?? '';
  };
  /** As the end of an answer in the chat does. */
  const wakeHeld = (): void => outbox.flush(({ state }) => state.kind === 'held');
  return { clock, outbox, posted, send, wakeHeld, states: () => store.get().outbox.map(({ text, state }) => [text, state.kind]) };
}

describe('messages that are written one after the other while an answer comes', () => {
  it('go one by one, each from the answer to the one before it: the second was refused, as its parent was not there', async () => {
    const { posted, send, wakeHeld, states } = createBench();
    const first = send('one', 'running answer');
    const second = send('two', first);
    send('three', second);
    await posted[0]?.refuse('generation_running');
    expect(posted).toHaveLength(1);
    expect(states()).toEqual([
      ['one', 'held'],
      ['two', 'held'],
      ['three', 'held'],
    ]);
    wakeHeld();
    expect(posted.map(({ text }) => text)).toEqual(['one', 'one']);
    await posted[1]?.accept();
    wakeHeld();
    expect(posted[2]).toMatchObject({ text: 'two', parent_id: `answer to ${first}` });
    await posted[2]?.accept();
    wakeHeld();
    expect(posted[3]).toMatchObject({ text: 'three', parent_id: `answer to ${second}` });
    await posted[3]?.accept();
    expect(states()).toEqual([]);
  });

  it('wait for one that the server has not got, and are not posted when it comes back before that one', async () => {
    const { clock, posted, send } = createBench();
    send('two', send('one', undefined));
    await posted[0]?.lose();
    await clock.advance(60_000);
    expect(posted.map(({ text }) => text)).toEqual(['one', 'one']);
  });

  it('take the place of one that is taken back, and begin the chat as it would have', async () => {
    const { outbox, posted, send } = createBench();
    const first = send('one', undefined, { temporary: true });
    send('two', first);
    await posted[0]?.refuse('storage_full');
    outbox.takeBack(first);
    expect(posted[1]).toMatchObject({ text: 'two', new_conversation: { temporary: true } });
    expect(posted[1]).not.toHaveProperty('parent_id');
  });
});
