import { readFileSync } from 'node:fs';

import { NetworkError } from '@pilotlight/contract';
import type { Engine, HttpRequest, HttpResponse, Network } from '@pilotlight/contract';
import { systemClock } from '@pilotlight/test-kit';

import { createOllamaEngine } from '../ollama-engine.ts';

interface Recorded {
  readonly label?: string;
  readonly request: { readonly path: string; readonly body: string };
  readonly response: null | { readonly status: number; readonly body: readonly { readonly text?: string }[] };
  readonly end: { readonly kind: string };
}

function readRecording(name: string): { readonly exchanges?: readonly Recorded[] } & Recorded {
  return JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8')) as Recorded;
}

/** One exchange: a file of `api/`, or `lifecycle/scene#label`. */
function readExchange(name: string): Recorded {
  const [file, label] = name.split('#');
  const recording = readRecording(file!);
  if (label === undefined) return recording;
  return recording.exchanges!.find((exchange) => exchange.label === label)!;
}

/** How the bytes of a body arrive. */
type Framing = 'as recorded' | 'all at once' | 'byte by byte';

function frame(texts: readonly string[], framing: Framing): Uint8Array[] {
  if (framing === 'as recorded') return texts.map((text) => Buffer.from(text));
  const whole = Buffer.from(texts.join(''));
  return framing === 'all at once' ? [whole] : [...whole].map((byte) => Uint8Array.of(byte));
}

async function* toBody(exchange: Recorded, framing: Framing): AsyncIterable<Uint8Array> {
  yield* frame(exchange.response?.body.flatMap(({ text }) => (text === undefined ? [] : [text])) ?? [], framing);
  if (exchange.end.kind !== 'complete') throw new NetworkError('cut', 'the connection broke');
}

export interface Replay extends Network {
  readonly requests: HttpRequest[];
}

/** Answers requests to each path with the recordings given for it, in turn; the last one is repeated. */
export function replay(recordings: Readonly<Record<string, readonly string[]>>, framing: Framing = 'as recorded'): Replay {
  const left = new Map(Object.entries(recordings).map(([path, names]) => [path, [...names]]));
  const requests: HttpRequest[] = [];
  return {
    requests,
    async request(request): Promise<HttpResponse> {
      requests.push(request);
      const names = left.get(new URL(request.url).pathname);
      if (names === undefined) throw new NetworkError('refused', 'connection refused');
      const exchange = readExchange((names.length > 1 ? names.shift() : names[0])!);
      if (exchange.response === null) throw new NetworkError('cut', 'the connection broke');
      return { status: exchange.response.status, headers: {}, body: toBody(exchange, framing) };
    },
  };
}

export function engineOver(network: Network): Engine {
  return createOllamaEngine({ id: 'ollama', address: 'http://127.0.0.1:11434', network, clock: systemClock, keepAlive: '5m' });
}
