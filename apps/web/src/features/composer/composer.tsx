import type { MessageView } from '@pilotlight/contract';
import { useLayoutEffect, useRef, useState, type SyntheticEvent, type KeyboardEvent, type RefObject } from 'react';

import { useApp, useAppState } from '../../app/create-app.ts';
import { Icon } from '../../ui/icon.tsx';
import { findModel } from '../models/models-state.ts';
import { ModelPick } from './model-pick.tsx';

export interface ComposerProps {
  readonly conversationId: string | undefined;
  /** The model the next message goes to. */
  readonly model: string | undefined;
  /** The answer that is being written in this conversation. */
  readonly running: MessageView | undefined;
  /** The question that is being edited, if any: sending makes a branch beside it. */
  readonly editing: MessageView | undefined;
  /** How much of the model's context the chat takes, in words. */
  readonly context: string | undefined;
  readonly onEditLast: () => void;
  readonly onEditEnd: () => void;
  readonly onSend: (text: string) => void;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly field: RefObject<HTMLTextAreaElement | null>;
}

/** Where one writes. It takes text in every state of the page; Stop stands beside Send. */
export function Composer(props: ComposerProps) {
  const { conversationId, model, running, editing, text, field } = props;
  const app = useApp();
  const placeholder = usePlaceholder(model, running !== undefined);
  useGrowth(field, text);

  function send(event?: SyntheticEvent): void {
    event?.preventDefault();
    if (text.trim() !== '') props.onSend(text);
  }

  function stop(): void {
    if (conversationId !== undefined && running?.generation_id !== undefined) void app.answers.stop(conversationId, running.generation_id);
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter' && !event.shiftKey && !event.ctrlKey && !event.altKey && !event.metaKey) send(event);
    else if (event.key === 'Escape' && editing !== undefined) props.onEditEnd();
    else if (event.key === 'Escape') stop();
    else if (event.key === 'ArrowUp' && text === '') {
      event.preventDefault();
      props.onEditLast();
    }
  }

  return (
    <form className="composer cols" aria-label="Message" onSubmit={send}>
      <ModelPick conversationId={conversationId} name={model} running={running} />
      <div className="box-wrap">
        <div className="box">
          {editing === undefined ? null : (
            <div className="editing">
              <span>Editing a question. Sending makes a new branch; the old one stays.</span>
              <button type="button" className="linkish" onClick={props.onEditEnd}>
                Leave it
              </button>
            </div>
          )}
          <textarea
            ref={field}
            id="message"
            rows={1}
            dir="auto"
            aria-label="Message"
            placeholder={placeholder}
            value={text}
            onChange={(event) => props.onText(event.target.value)}
            onKeyDown={onKeyDown}
          />
          <div className="tools">
            <span className="sp" />
            {props.context === undefined ? null : <span className="ctx">{props.context}</span>}
            {running === undefined ? null : (
              <button type="button" className="btn icon" aria-label="Stop the answer (Esc)" title="Stop the answer (Esc)" onClick={stop}>
                <Icon name="stop" />
              </button>
            )}
            <button type="submit" className="btn primary icon" aria-label="Send" title="Send (Enter)">
              <Icon name="send" />
            </button>
          </div>
        </div>
      </div>
    </form>
  );
}

function usePlaceholder(model: string | undefined, isRunning: boolean): string {
  const phase = useAppState((state) => findModel(state.models, model)?.phase);
  if (phase === 'loading' || phase === 'warming') return 'Type on while the model loads';
  if (isRunning) return 'Type on meanwhile';
  return model === undefined ? 'Ask something' : `Ask ${model} something`;
}

/** For browsers that do not grow a field with its content by themselves. */
function useGrowth(field: RefObject<HTMLTextAreaElement | null>, text: string): void {
  const [growsByItself] = useState(() => CSS.supports('field-sizing', 'content'));
  const lastText = useRef<string>(undefined);
  useLayoutEffect(() => {
    const element = field.current;
    if (growsByItself || element === null || lastText.current === text) return;
    lastText.current = text;
    fitHeight(element);
  }, [field, growsByItself, text]);
}

function fitHeight(element: HTMLElement): void {
  const { style } = element;
  style.height = 'auto';
  style.height = `${element.scrollHeight}px`;
}
