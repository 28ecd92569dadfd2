import { createChildHost } from '../adapters/child-host.ts';
import { toParentMessage } from '../protocol.ts';
import type { ChildMessage, OpenSettings, ParentMessage } from '../protocol.ts';
import { embedTexts } from './embed-texts.ts';
import { generate } from './generate.ts';
import { openModel } from './opened-model.ts';
import type { OpenedModel } from './opened-model.ts';
import { createOutbox } from './outbox.ts';
import { Refusal } from './refusal.ts';

/** The process of one model: opens it, then serves requests until its parent ends it or is gone. */
const host = createChildHost();
const outbox = createOutbox(host.clock, (messages) => host.send(messages));
const running = new Map<number, AbortController>();
let opened: OpenedModel | undefined;

host.onMessage((value) => {
  const message = toParentMessage(value);
  if (message !== undefined) receive(message);
});

function receive(message: ParentMessage): void {
  switch (message.type) {
    case 'open':
      void open(message.settings);
      break;
    case 'cancel':
      running.get(message.id)?.abort(new Error('cancelled'));
      break;
    case 'generate':
    case 'embed':
    case 'count':
      void serve(message);
      break;
    default:
      message satisfies never;
  }
}

async function open(settings: OpenSettings): Promise<void> {
  let reported = 0;
  const onProgress = (fraction: number | undefined): void => {
    if (fraction !== undefined && fraction < 1 && fraction < reported + 0.01) return;
    reported = fraction ?? reported;
    outbox.post({ type: 'progress', fraction });
  };
  try {
    opened = await openModel({ settings, platform: host.platform, onProgress });
    const contextLength = opened.purpose === 'completion' ? opened.context.contextSize : opened.contextLength;
    outbox.postNow({ type: 'opened', contextLength, memoryBytes: host.memoryBytes(), slots: settings.slots });
  } catch (error) {
    outbox.postNow({ type: 'not-opened', ...toReason(error) });
  }
}

type Request = Extract<ParentMessage, { readonly id: number }>;

async function serve(request: Exclude<Request, { type: 'cancel' }>): Promise<void> {
  const { id } = request;
  const controller = new AbortController();
  running.set(id, controller);
  try {
    outbox.postNow(await answer(request, controller.signal));
  } catch (error) {
    outbox.postNow(controller.signal.aborted ? { type: 'cancelled', id } : { type: 'refused', id, ...toReason(error) });
  } finally {
    running.delete(id);
  }
}

async function answer(request: Exclude<Request, { type: 'cancel' }>, signal: AbortSignal): Promise<ChildMessage> {
  const { id } = request;
  if (opened === undefined) throw new Refusal('failed', 'The model is not open yet.');
  if (request.type === 'embed') {
    if (opened.purpose !== 'embedding') throw new Refusal('unsupported', 'This model makes no embeddings.');
    outbox.postNow({ type: 'accepted', id });
    return { type: 'vectors', id, vectors: await embedTexts(opened, request.texts, signal) };
  }
  if (opened.purpose !== 'completion') throw new Refusal('unsupported', 'This model makes embeddings and cannot chat.');
  if (request.type === 'count') return { type: 'counted', id, tokens: opened.renderer.render(request.messages).tokens.length };
  const finish = await generate({
    opened,
    messages: request.messages,
    sampling: request.sampling,
    signal,
    clock: host.clock,
    onAccepted: () => outbox.postNow({ type: 'accepted', id }),
    onReading: (tokensDone, tokensTotal) => outbox.post({ type: 'reading', id, tokensDone, tokensTotal }),
    onPart: (part) => outbox.post({ id, ...part }),
  });
  return { type: 'finish', id, ...finish };
}

function toReason(error: unknown): { readonly failure: Refusal['failure']; readonly reason: string } {
  if (error instanceof Refusal) return { failure: error.failure, reason: error.message };
  // The original goes to stderr, of which the parent keeps the last lines for the log.
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  return { failure: 'failed', reason: 'llama.cpp reported an error while computing.' };
}
