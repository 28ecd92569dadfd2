import { OPTIONS, type ConversationSettings, type SettingsChange } from '@pilotlight/contract';
import { useId, useState } from 'react';

import { useApp, useAppState } from '../../app/create-app.ts';
import { withOption } from './change-settings.ts';
import { readNumber, SHOWN_OPTIONS, type ShownOption } from './option-fields.ts';
import { PresetRow } from './preset-row.tsx';

interface SettingsSectionProps {
  readonly conversationId: string | undefined;
}

const NOTHING_SET: ConversationSettings = {};

/** What the answers of this chat are made with from the next one on: presets, instructions, parameters. Everything is kept as soon as it is changed. */
export function SettingsSection({ conversationId }: SettingsSectionProps) {
  const { settings: actions } = useApp();
  const settings = useAppState((state) =>
    conversationId === undefined ? state.newChat.settings : (state.views[conversationId]?.settings ?? NOTHING_SET),
  );
  const [failure, setFailure] = useState<string>();
  const change = (wanted: SettingsChange): void => void actions.change(conversationId, wanted).then(setFailure);
  return (
    <>
      <section>
        <h3>Settings of this chat</h3>
        <p className="hint m-0 mb-3">They hold from the next answer on, for this chat alone.</p>
        {failure === undefined ? null : (
          <p className="err mb-3" role="alert">
            Not kept: {failure}
          </p>
        )}
        <PresetRow conversationId={conversationId} settings={settings} onFailure={setFailure} />
        <Instructions value={settings.system ?? ''} onKeep={(system) => change({ system: system === '' ? null : system })} />
        <Policy value={settings.context_policy} onKeep={(policy) => change({ context_policy: policy ?? null })} />
        <Thinking value={settings.options?.thinking} onKeep={(value) => change(withOption(settings.options, 'thinking', value))} />
      </section>
      <section>
        <h3>Parameters</h3>
        {SHOWN_OPTIONS.map((name) => (
          <NumberField
            key={name}
            name={name}
            value={settings.options?.[name]}
            onKeep={(value) => change(withOption(settings.options, name, value))}
          />
        ))}
        <StopField value={settings.options?.stop} onKeep={(stop) => change(withOption(settings.options, 'stop', stop))} />
      </section>
    </>
  );
}

/** A field whose text is kept when it is left; what comes from elsewhere meanwhile shows once nobody types in it. */
function useTyped(value: string): { readonly text: string; readonly write: (text: string) => void; readonly leave: () => void } {
  const [typed, setTyped] = useState<string>();
  return { text: typed ?? value, write: setTyped, leave: () => setTyped(undefined) };
}

function Instructions({ value, onKeep }: { readonly value: string; readonly onKeep: (text: string) => void }) {
  const id = useId();
  const { text, write, leave } = useTyped(value);
  return (
    <div className="opt-row">
      <label className="lab" htmlFor={id}>
        Instructions
      </label>
      <textarea
        id={id}
        className="field area"
        rows={3}
        dir="auto"
        maxLength={100_000}
        value={text}
        aria-describedby={`${id}-hint`}
        onChange={(event) => write(event.target.value)}
        onBlur={() => {
          if (text !== value) onKeep(text.trim());
          leave();
        }}
      />
      <p className="hint" id={`${id}-hint`}>
        Given to the model before the talk, with every answer.
      </p>
    </div>
  );
}

interface NumberFieldProps {
  readonly name: ShownOption;
  readonly value: number | undefined;
  readonly onKeep: (value: number | undefined) => void;
}

function NumberField({ name, value, onKeep }: NumberFieldProps) {
  const id = useId();
  const facts: { minimum?: number; maximum?: number; step?: number; control: string; title: string; meaning: string; otherwise: string } =
    OPTIONS[name];
  const kept = value === undefined ? '' : String(value);
  const { text, write, leave } = useTyped(kept);
  const reading = readNumber(text, facts);
  function keep(): void {
    if (!reading.isGood) return;
    if (reading.value !== value) onKeep(reading.value);
    leave();
  }
  return (
    <div className="opt-row">
      <div className="pair">
        <label className="lab" htmlFor={id} title={facts.meaning}>
          {facts.title}
        </label>
        <input
          id={id}
          className="field n"
          type="text"
          inputMode={facts.control === 'whole' ? 'numeric' : 'decimal'}
          autoComplete="off"
          placeholder="model’s own"
          value={text}
          aria-invalid={!reading.isGood}
          aria-describedby={`${id}-hint`}
          onChange={(event) => write(event.target.value)}
          onBlur={keep}
          onKeyDown={(event) => {
            if (event.key === 'Enter') keep();
            else if ((event.key === 'ArrowUp' || event.key === 'ArrowDown') && reading.isGood) {
              event.preventDefault();
              write(stepped(reading.value, facts, event.key === 'ArrowUp' ? 1 : -1));
            }
          }}
        />
      </div>
      <p className={reading.isGood ? 'hint' : 'err'} id={`${id}-hint`}>
        {reading.isGood ? facts.meaning : `${reading.words} The value before it still holds.`}
      </p>
    </div>
  );
}

function stepped(
  value: number | undefined,
  { minimum = 0, maximum = Infinity, step = 1 }: { readonly minimum?: number; readonly maximum?: number; readonly step?: number },
  direction: 1 | -1,
): string {
  const from = value ?? minimum;
  const next = Math.min(maximum, Math.max(minimum, value === undefined ? from : from + step * direction));
  return String(Number(next.toFixed(6)));
}

function StopField({
  value,
  onKeep,
}: {
  readonly value: readonly string[] | undefined;
  readonly onKeep: (stop: string[] | undefined) => void;
}) {
  const id = useId();
  const kept = (value ?? []).join('\n');
  const { text, write, leave } = useTyped(kept);
  const { title, meaning } = OPTIONS.stop;
  return (
    <div className="opt-row">
      <label className="lab" htmlFor={id}>
        {title}
      </label>
      <textarea
        id={id}
        className="field area"
        rows={2}
        value={text}
        aria-describedby={`${id}-hint`}
        onChange={(event) => write(event.target.value)}
        onBlur={() => {
          const stops = text.split('\n').filter((line) => line !== '');
          if (text !== kept) onKeep(stops.length === 0 ? undefined : stops);
          leave();
        }}
      />
      <p className="hint" id={`${id}-hint`}>
        {meaning} One a line.
      </p>
    </div>
  );
}

type ContextPolicy = NonNullable<ConversationSettings['context_policy']>;
const POLICIES: readonly (readonly [ContextPolicy, string])[] = [
  ['drop_oldest', 'Leave out the oldest messages'],
  ['summarise', 'Summarise the oldest messages'],
  ['stop', 'Send nothing, and say so'],
];

function Policy({
  value,
  onKeep,
}: {
  readonly value: ContextPolicy | undefined;
  readonly onKeep: (value: ContextPolicy | undefined) => void;
}) {
  const id = useId();
  return (
    <div className="opt-row">
      <label className="lab" htmlFor={id}>
        When the chat is longer than the model’s window
      </label>
      <select
        id={id}
        className="field"
        value={value ?? ''}
        onChange={(event) => onKeep(event.target.value === '' ? undefined : (event.target.value as ContextPolicy))}
      >
        <option value="">As the server has it</option>
        {POLICIES.map(([policy, words]) => (
          <option key={policy} value={policy}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}

type ThinkingWish = NonNullable<NonNullable<ConversationSettings['options']>['thinking']>;
const EFFORTS: readonly (readonly [string, ThinkingWish, string])[] = [
  ['true', true, 'On'],
  ['false', false, 'Off'],
  ['low', 'low', 'A little'],
  ['medium', 'medium', 'Medium'],
  ['high', 'high', 'Much'],
];

function Thinking({
  value,
  onKeep,
}: {
  readonly value: ThinkingWish | undefined;
  readonly onKeep: (value: ThinkingWish | undefined) => void;
}) {
  const id = useId();
  return (
    <div className="opt-row">
      <label className="lab" htmlFor={id} title={OPTIONS.thinking.meaning}>
        {OPTIONS.thinking.title}
      </label>
      <select
        id={id}
        className="field"
        value={value === undefined ? '' : String(value)}
        onChange={(event) => onKeep(EFFORTS.find(([key]) => key === event.target.value)?.[1])}
      >
        <option value="">The model’s own habit</option>
        {EFFORTS.map(([key, , words]) => (
          <option key={key} value={key}>
            {words}
          </option>
        ))}
      </select>
    </div>
  );
}
