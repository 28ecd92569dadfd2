import type { ContextReceipt, MessageView, Receipt } from '@pilotlight/contract';
import type { CSSProperties, ReactNode } from 'react';

import { Flame } from '../../ui/flame.tsx';
import { formatCount, toSentence } from '../../ui/format.ts';
import { leftOutSentence, leftOutWords } from './context-facts.ts';
import { attemptWords, receiptRows, toStretches, type Row } from './receipt-facts.ts';

/** What really happened to one answer: bars first, figures below. */
export function ReceiptSection({ message }: { readonly message: MessageView }) {
  const { receipt } = message;
  if (receipt === undefined)
    return (
      <section>
        <h3>Receipt</h3>
        <p className="hint">
          {message.state === 'running'
            ? 'This answer is being written; its receipt comes with its end.'
            : 'This answer has no receipt: it was imported, or its engine died before it could give one.'}
        </p>
      </section>
    );
  const hasFailed = message.state === 'failed' || message.state === 'interrupted';
  return (
    <>
      <section>
        <h3>Receipt</h3>
        <div className="who mb-2">
          <Flame phase={hasFailed ? 'failed' : 'ready'} />
          <span>{receipt.model}</span>
        </div>
        <Bar parts={toStretches(receipt).map(({ kind, ms }) => ({ key: kind, share: ms }))} />
        <Rows rows={receiptRows(message, receipt)} />
        <Remarks receipt={receipt} />
      </section>
      <ContextSection receipt={receipt} />
    </>
  );
}

function Bar({ parts }: { readonly parts: readonly { readonly key: string; readonly share: number }[] }) {
  const total = parts.reduce((sum, { share }) => sum + share, 0);
  if (total === 0) return null;
  return (
    <div className="span" aria-hidden="true">
      {parts.map(({ key, share }) => (
        <i key={key} className={key} style={{ '--w': Math.max(0.005, share / total) } as CSSProperties} />
      ))}
    </div>
  );
}

function Rows({ rows }: { readonly rows: readonly Row[] }) {
  return (
    <dl className="kv">
      {rows.map(({ label, value }) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** What did not go the plain way: other models, other tries, seams, options that had no effect. */
function Remarks({ receipt }: { readonly receipt: Receipt }) {
  const { attempts, seams, passed_over: passedOver = [], fallback_reason: fallback, options_not_applied: notApplied = [] } = receipt;
  return (
    <>
      {fallback === undefined ? null : <p className="hint">{toSentence(fallback)}</p>}
      {attempts.length > 1 ? <Notes title="Tries" notes={attempts.map(attemptWords)} /> : null}
      {seams.length > 0 ? (
        <Notes title="Seams" notes={seams.map(({ from, to, reason }) => `${from === to ? to : `${from}, then ${to}`}: ${reason}`)} />
      ) : null}
      {passedOver.length > 0 ? (
        <Notes title="Passed over" notes={passedOver.map(({ model, engine, reason }) => `${model} on ${engine}: ${reason}`)} />
      ) : null}
      {notApplied.length > 0 ? <Notes title="Without effect" notes={notApplied.map(({ name, reason }) => `${name}: ${reason}`)} /> : null}
    </>
  );
}

function Notes({ title, notes }: { readonly title: string; readonly notes: readonly string[] }): ReactNode {
  return (
    <>
      <h4>{title}</h4>
      <ol className="notes">
        {notes.map((note, index) => (
          // Notes never change their order.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={index}>{toSentence(note)}</li>
        ))}
      </ol>
    </>
  );
}

function ContextSection({ receipt }: { readonly receipt: Receipt }) {
  const { context } = receipt;
  if (context === undefined) return null;
  const { window, tokens, summary } = context;
  const words = leftOutWords(context);
  const left = window === undefined ? 0 : Math.max(0, window - tokens);
  return (
    <section>
      <h3>Context</h3>
      <Bar
        parts={[
          { key: 'summary', share: summary?.summary_tokens ?? 0 },
          { key: 'seen', share: tokens - (summary?.summary_tokens ?? 0) },
          { key: 'left', share: left },
        ].filter(({ share }) => share > 0)}
      />
      {words === undefined ? null : (
        <p className="hint m-0 mb-2">
          {words}. {leftOutSentence(context)}
        </p>
      )}
      <Rows rows={contextRows(context, receipt)} />
    </section>
  );
}

const BASES: Readonly<Record<ContextReceipt['basis'], string>> = {
  exact: 'counted by the engine',
  learned: 'reckoned from earlier answers',
  estimated: 'estimated from the length of the text',
};
const POLICIES: Readonly<Record<ContextReceipt['policy'], string>> = {
  stop: 'send nothing',
  drop_oldest: 'leave out the oldest',
  summarise: 'summarise the oldest',
};

function contextRows(context: ContextReceipt, receipt: Receipt): Row[] {
  const { tokens, total_tokens: total, window, reserve, messages, basis, policy } = context;
  const rows: (Row | undefined)[] = [
    {
      label: 'Seen',
      value: tokens === total ? `all ${formatCount(total)} tokens` : `${formatCount(tokens)} of ${formatCount(total)} tokens`,
    },
    { label: 'Questions and answers', value: formatCount(messages) },
    reserve === undefined ? undefined : { label: 'Kept free for the answer', value: formatCount(reserve) },
    (window ?? receipt.context_length) === undefined
      ? undefined
      : { label: 'Window', value: `${formatCount(window ?? receipt.context_length ?? 0)} tokens` },
    { label: 'Tokens are', value: BASES[basis] },
    { label: 'If it is too long', value: POLICIES[policy] },
  ];
  return rows.filter((row) => row !== undefined);
}
