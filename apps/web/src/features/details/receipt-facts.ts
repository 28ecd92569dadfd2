import type { Attempt, MessageView, Receipt } from '@pilotlight/contract';

import { formatCount, formatDuration, formatExact, formatRate } from '../../ui/format.ts';

/** A stretch of time of an answer, as a part of a bar. */
export interface Stretch {
  readonly kind: 'queue' | 'load' | 'read' | 'think' | 'write';
  readonly ms: number;
}

export interface Row {
  readonly label: string;
  readonly value: string;
}

/** Where the time of an answer went, in its order; what took none is left out. */
export function toStretches(receipt: Receipt): Stretch[] {
  const { queue_ms: queue, load_ms: load, first_token_ms: read = 0, reasoning_ms: think = 0, total_ms: total } = receipt;
  const write = Math.max(0, total - queue - load - read - think);
  const all: Stretch[] = [
    { kind: 'queue', ms: queue },
    { kind: 'load', ms: load },
    { kind: 'read', ms: read },
    { kind: 'think', ms: think },
    { kind: 'write', ms: write },
  ];
  return all.filter(({ ms }) => ms > 0);
}

/** The receipt of an answer in words and figures. What is not known has no row. */
export function receiptRows(message: MessageView, receipt: Receipt): Row[] {
  const ms = new Map(toStretches(receipt).map((stretch) => [stretch.kind, stretch.ms]));
  const time = (kind: Stretch['kind']): string => formatDuration(ms.get(kind) ?? 0);
  const rows: (Row | undefined)[] = [
    { label: 'In the queue', value: ms.has('queue') ? time('queue') : 'none' },
    { label: 'Loading', value: ms.has('load') ? time('load') : 'none, it was ready' },
    receipt.first_token_ms === undefined ? undefined : { label: counted('Reading', receipt.prompt_tokens), value: time('read') },
    cachedRow(receipt),
    receipt.reasoning_ms === undefined ? undefined : { label: counted('Thinking', receipt.reasoning_tokens), value: time('think') },
    { label: counted('Answering', writtenTokens(receipt)), value: time('write') },
    receipt.tokens_per_second === undefined ? undefined : { label: 'Speed', value: formatRate(receipt.tokens_per_second) },
    { label: 'Engine', value: receipt.engine },
    { label: 'Asked for', value: receipt.requested_model ?? `task ${receipt.task}` },
    { label: 'Finished', value: finishWords(message) },
    { label: 'Begun', value: formatExact(receipt.started_at) },
  ];
  return rows.filter((row) => row !== undefined);
}

function cachedRow({ cached_tokens: cached, prompt_tokens: prompt }: Receipt): Row | undefined {
  if (cached === undefined || prompt === undefined) return undefined;
  return { label: 'Known from before', value: `${formatCount(cached)} of ${formatCount(prompt)} tokens` };
}

function writtenTokens({ completion_tokens: written, reasoning_tokens: thought = 0 }: Receipt): number | undefined {
  return written === undefined ? undefined : Math.max(0, written - thought);
}

function counted(what: string, tokens: number | undefined): string {
  return tokens === undefined ? what : `${what}, ${formatCount(tokens)} ${tokens === 1 ? 'token' : 'tokens'}`;
}

function finishWords({ state, finish_reason: reason, error }: MessageView): string {
  switch (state) {
    case 'stopped':
      return 'stopped by a person';
    case 'interrupted':
      return 'cut off, the server stopped';
    case 'failed':
      return error === undefined ? 'cut off' : `cut off: ${error.code}`;
    case 'running':
      return 'not yet';
    case 'complete':
    case undefined:
      return reason === 'length' ? 'at the limit of tokens' : reason === 'tool_calls' ? 'to call tools' : 'by itself';
  }
}

/** Every try in a sentence: where, how it ended, how long it took. */
export function attemptWords(attempt: Attempt): string {
  const { model, engine, outcome, code, detail, reason, continued, duration_ms: duration } = attempt;
  const how = { finished: 'finished', failed: code ?? 'failed', stopped: 'stopped', moved: 'moved on, another engine was free sooner' }[
    outcome
  ];
  const facts = [
    `${how} after ${formatDuration(duration)}`,
    continued === true ? 'went on from the text before it' : undefined,
    reason,
    detail,
  ];
  return `${model} on ${engine}: ${facts.filter((fact) => fact !== undefined).join('; ')}`;
}
