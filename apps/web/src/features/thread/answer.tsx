import type { MessageView, ModelView } from '@pilotlight/contract';
import { memo, type ReactNode } from 'react';

import { useApp, useAppState } from '../../app/create-app.ts';
import { useNow } from '../../app/ports.ts';
import { useAway } from '../../app/use-away.ts';
import { Markdown } from '../markdown/markdown.tsx';
import { findModel, readyInstead } from '../models/models-state.ts';
import { AnswerActionsRow } from './answer-actions-row.tsx';
import { answerFacts } from './answer-facts.ts';
import type { AnswerState, Segment } from './answer-state.ts';
import { EndingBlock } from './ending-block.tsx';
import { LeftOutNote } from './left-out-note.tsx';
import { answeringWords } from './live-speed.ts';
import { Margin, type MarginFacts } from './margin.tsx';
import { Reasoning } from './reasoning.tsx';
import { shownTexts } from './seam-texts.ts';
import type { ThreadEntry } from './tree.ts';
import { WaitingBlock } from './waiting-block.tsx';
import { interruptsText, toWaiting } from './waiting-words.ts';

export interface AnswerProps {
  readonly conversationId: string;
  readonly entry: ThreadEntry;
}

/** One answer: its text as it comes, what the machine says beside it, and how it ended. */
export const Answer = memo(function Answer({ conversationId, entry }: AnswerProps) {
  const { message } = entry;
  const live = useAppState((state) => (message.generation_id === undefined ? undefined : state.answers[message.generation_id]));
  const isRunning = message.state === 'running';
  const segments =
    isRunning || (live?.segments.length ?? 0) > 1 ? (live?.segments ?? []) : [{ model: message.model ?? '', text: message.content }];
  const whole: readonly Segment[] = segments.length === 0 ? [{ model: live?.model ?? message.model ?? '', text: '' }] : segments;
  const texts = shownTexts(whole.map(({ text }) => text));
  const shown = whole.map((segment, index) => ({ ...segment, text: texts[index] ?? segment.text }));
  return shown.map((segment, index) => (
    <SegmentView
      // Segments are only ever added at the end.
      // oxlint-disable-next-line react/no-array-index-key
      key={index}
      conversationId={conversationId}
      entry={entry}
      live={live}
      segment={segment}
      next={shown[index + 1]}
      isFirst={index === 0}
    />
  ));
});

interface SegmentProps extends AnswerProps {
  readonly live: AnswerState | undefined;
  readonly segment: Segment;
  /** The one that took over from this one. */
  readonly next: Segment | undefined;
  readonly isFirst: boolean;
}

function SegmentView({ conversationId, entry, live, segment, next, isFirst }: SegmentProps) {
  const { message } = entry;
  const isLast = next === undefined;
  const isRunning = message.state === 'running' && isLast;
  const reasoning = isFirst ? (message.reasoning ?? live?.reasoning ?? '') : '';
  return (
    <article className="turn answer cols" data-message={message.id}>
      {isRunning ? (
        <RunningMargin message={message} live={live} segment={segment} />
      ) : (
        <Margin facts={isLast ? endedFacts(message) : handedOverFacts(segment, next, isFirst && message.continues !== undefined)} />
      )}
      <div className="min-w-0">
        {segment.seam === undefined ? null : (
          <p className="seam">
            <span>{toSeamWords(segment.seam)}</span>
          </p>
        )}
        {reasoning === '' ? null : (
          <Reasoning text={reasoning} live={live} receipt={message.receipt} isRunning={isRunning && segment.text === ''} />
        )}
        {segment.text === '' ? null : <Markdown text={segment.text} isOpen={isRunning && !interruptsText(live?.phase?.phase)} />}
        {isRunning ? (
          <RunningState conversationId={conversationId} message={message} live={live} hasText={segment.text !== '' || reasoning !== ''} />
        ) : null}
        {!isRunning && isLast ? <EndingBlock conversationId={conversationId} message={message} /> : null}
        {!isRunning && isLast ? <LeftOutNote conversationId={conversationId} message={message} /> : null}
        {!isRunning && isLast ? <AnswerActionsRow conversationId={conversationId} entry={entry} /> : null}
      </div>
    </article>
  );
}

/** On the stitched line: why somebody took over here, and who. */
function toSeamWords({ from, to, reason }: NonNullable<Segment['seam']>): string {
  // The name of a model is as it is.
  const upper = reason.startsWith(from) ? reason : `${reason[0]?.toUpperCase() ?? ''}${reason.slice(1)}`;
  return from === to ? `${upper}; it went on from here` : `${upper}; ${to} went on from here`;
}

function endedFacts(message: MessageView): MarginFacts {
  const name = message.receipt?.model ?? message.model;
  const hasFailed = message.state === 'failed' || message.state === 'interrupted';
  const facts = message.receipt === undefined ? [] : answerFacts(message.receipt);
  return {
    flame: { phase: hasFailed ? 'failed' : name === undefined ? 'unknown' : 'ready' },
    // An import need not say which one it was.
    name: name ?? (hasFailed ? 'no model' : 'model not known'),
    facts: message.state === 'interrupted' ? ['interrupted', ...facts] : facts,
    note: message.receipt?.fallback_reason,
  };
}

/** Text that somebody had continued was not given up by its model. */
function handedOverFacts(segment: Segment, next: Segment | undefined, isContinued: boolean): MarginFacts {
  return {
    flame: { phase: isContinued ? 'ready' : 'failed' },
    name: segment.model,
    facts: next?.seam === undefined ? [] : [next.seam.reason],
  };
}

interface RunningProps {
  readonly message: MessageView;
  readonly live: AnswerState | undefined;
}

function useModelOf({ message, live }: RunningProps): { readonly name: string; readonly view: ModelView | undefined } {
  const name = live?.model ?? message.model ?? 'a model';
  const view = useAppState((state) => findModel(state.models, name));
  return { name, view };
}

function RunningMargin({ message, live, segment }: RunningProps & { readonly segment: Segment }) {
  const now = useNow(1000);
  const { name, view } = useModelOf({ message, live });
  const isAway = useAway();
  if (isAway) return <Margin facts={{ flame: { phase: 'unknown' }, name, facts: ['server away'] }} />;
  const isSpeaking = segment.text !== '' && !interruptsText(live?.phase?.phase);
  const waiting = toWaiting(live?.phase, { model: name, view, now });
  const words = isSpeaking ? answeringWords(live, segment.text) : waiting.words;
  return <Margin facts={{ flame: isSpeaking ? { phase: 'busy' } : waiting.flame, name, facts: [words] }} />;
}

interface RunningStateProps extends RunningProps {
  readonly conversationId: string;
  readonly hasText: boolean;
}

function RunningState({ conversationId, message, live, hasText }: RunningStateProps): ReactNode {
  const app = useApp();
  const now = useNow(1000);
  const { name, view } = useModelOf({ message, live });
  const instead = useAppState((state) => readyInstead(state.models, name)?.name);
  if (hasText && !interruptsText(live?.phase?.phase)) return null;
  const waiting = toWaiting(live?.phase, { model: name, view, now });
  const generation = message.generation_id;
  return (
    <WaitingBlock
      waiting={waiting}
      instead={waiting.isSlow ? instead : undefined}
      onInstead={(model) => void app.answers.answerWith(conversationId, message, model)}
      onStop={generation === undefined ? undefined : () => void app.answers.stop(conversationId, generation)}
    />
  );
}
