import type { MessageView } from '@pilotlight/contract';
import {
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type ClipboardEvent,
  type CSSProperties,
  type KeyboardEvent,
  type RefObject,
  type SyntheticEvent,
} from 'react';

import { useApp, useAppState } from '../../app/create-app.ts';
import { Icon } from '../../ui/icon.tsx';
import { AttachButton } from '../attachments/attach-button.tsx';
import { PendingChips } from '../attachments/attachment-chips.tsx';
import type { ChosenAttachment } from '../attachments/attachments.ts';
import { attachedTo, isUploading, type PendingAttachment } from '../attachments/pending-attachment.ts';
import { useDroppedFiles } from '../attachments/use-dropped-files.ts';
import { findModel } from '../models/models-state.ts';
import type { ContextWords } from './context-words.ts';
import { ModelPick } from './model-pick.tsx';

export interface ComposerProps {
  readonly conversationId: string | undefined;
  /** The model the next message goes to. */
  readonly model: string | undefined;
  /** The answer that is being written in this conversation. */
  readonly running: MessageView | undefined;
  /** The question that is being edited, if any: sending makes a branch beside it. */
  readonly editing: MessageView | undefined;
  readonly context: ContextWords | undefined;
  readonly onSettings: () => void;
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
  const { pending, attach, detach } = useAttachments(conversationId);
  const isDragged = useDroppedFiles(attach);
  const [isHeld, setHeld] = useState(false);
  useGrowth(field, text);

  function send(event?: SyntheticEvent): void {
    event?.preventDefault();
    setHeld(isUploading(pending));
    if (isUploading(pending)) return;
    if (text.trim() !== '') props.onSend(text);
    // Some models take a file without a word, the wire does not.
    else if (attachedTo(pending).length > 0) field.current?.focus();
  }

  function onPaste(event: ClipboardEvent): void {
    const files = [...event.clipboardData.files];
    if (files.length === 0) return;
    event.preventDefault();
    attach(files);
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
        <div className={isDragged ? 'box drop' : 'box'}>
          {isDragged ? <p className="editing">Let go to attach the files to this message.</p> : null}
          <PendingChips pending={pending} onRemove={detach} />
          {isHeld && isUploading(pending) ? <p className="editing">Sent once the files are there. Press Enter again then.</p> : null}
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
            onPaste={onPaste}
          />
          <Tools context={props.context} onFiles={attach} onSettings={props.onSettings} onStop={running === undefined ? undefined : stop} />
        </div>
      </div>
    </form>
  );
}

interface ToolsProps extends Pick<ComposerProps, 'context' | 'onSettings'> {
  readonly onFiles: (files: readonly ChosenAttachment[]) => void;
  readonly onStop: (() => void) | undefined;
}

function Tools({ context, onFiles, onSettings, onStop }: ToolsProps) {
  return (
    <div className="tools">
      <AttachButton onFiles={onFiles} />
      <button
        type="button"
        className="btn quiet icon"
        aria-label="Settings of this chat"
        title="Settings of this chat: instructions, parameters, presets"
        onClick={onSettings}
      >
        <Icon name="sliders" />
      </button>
      <span className="sp" />
      {context === undefined ? null : <Gauge context={context} />}
      {onStop === undefined ? null : (
        <button type="button" className="btn icon" aria-label="Stop the answer (Esc)" title="Stop the answer (Esc)" onClick={onStop}>
          <Icon name="stop" />
        </button>
      )}
      <button type="submit" className="btn primary icon" aria-label="Send" title="Send (Enter)">
        <Icon name="send" />
      </button>
    </div>
  );
}

function Gauge({ context }: { readonly context: ContextWords }) {
  const { share } = context;
  return (
    <span className={context.isOver ? 'ctx over' : 'ctx'} title={context.title}>
      {share === undefined ? null : (
        <span className="meter blue" style={{ '--p': Math.round(share * 100) } as CSSProperties} aria-hidden="true">
          <i />
        </span>
      )}
      {context.words}
      <span className="vh">. {context.title}</span>
    </span>
  );
}

const NOTHING_ATTACHED: readonly PendingAttachment[] = [];

function useAttachments(conversationId: string | undefined) {
  const { attachments } = useApp();
  const pending = useAppState((state) => state.attachments[conversationId ?? '']) ?? NOTHING_ATTACHED;
  useEffect(() => attachments.restore(conversationId), [attachments, conversationId]);
  return {
    pending,
    attach: (files: readonly ChosenAttachment[]) => attachments.attach(conversationId, files),
    detach: (key: string) => attachments.detach(conversationId, key),
  };
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
