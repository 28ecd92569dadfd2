import type { ConversationSettings } from '@pilotlight/contract';
import { useEffect, useId, useState, type SyntheticEvent } from 'react';

import { useApp, useAppState } from '../../app/create-app.ts';
import { matchingPreset } from './presets.ts';

interface PresetRowProps {
  readonly conversationId: string | undefined;
  readonly settings: ConversationSettings;
  readonly onFailure: (failure: string | undefined) => void;
}

/** Settings under a name: copied into this chat, kept from it, deleted. A chat keeps its copy. */
export function PresetRow({ conversationId, settings, onFailure }: PresetRowProps) {
  const { settings: actions } = useApp();
  const presets = useAppState((state) => state.presets);
  const id = useId();
  const [isNaming, setNaming] = useState(false);
  const current = matchingPreset(presets ?? [], settings);
  useEffect(() => {
    if (presets === undefined) void actions.readPresets().then(onFailure);
  }, [actions, presets, onFailure]);
  return (
    <div className="opt-row">
      <label className="lab" htmlFor={id}>
        Preset
      </label>
      <select
        id={id}
        className="field"
        value={current?.id ?? ''}
        onChange={(event) => {
          if (event.target.value !== '') void actions.applyPreset(conversationId, event.target.value).then(onFailure);
        }}
      >
        <option value="">{presets?.length === 0 ? 'There is none yet' : 'None of them'}</option>
        {presets?.map((preset) => (
          <option key={preset.id} value={preset.id}>
            {preset.name}
          </option>
        ))}
      </select>
      {isNaming ? (
        <NameForm
          onKeep={async (name) => {
            const failed = await actions.savePreset(name, settings);
            onFailure(failed);
            if (failed === undefined) setNaming(false);
          }}
          onLeave={() => setNaming(false)}
        />
      ) : (
        <div className="btns mt-2">
          <button type="button" className="btn small quiet" onClick={() => setNaming(true)}>
            Keep these as a preset
          </button>
          {current === undefined ? null : (
            <button type="button" className="btn small quiet" onClick={() => void actions.deletePreset(current.id).then(onFailure)}>
              Delete “{current.name}”
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function NameForm({ onKeep, onLeave }: { readonly onKeep: (name: string) => Promise<void>; readonly onLeave: () => void }) {
  const [name, setName] = useState('');
  function keep(event: SyntheticEvent): void {
    event.preventDefault();
    if (name.trim() !== '') void onKeep(name.trim());
  }
  return (
    <form className="mt-2" onSubmit={keep}>
      <input
        className="field"
        aria-label="Name of the preset"
        placeholder="Name of the preset"
        maxLength={80}
        // The button that opened this had the focus.
        // oxlint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        value={name}
        onChange={(event) => setName(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          event.preventDefault();
          onLeave();
        }}
      />
      <div className="btns mt-2">
        <button type="submit" className="btn small">
          Keep it
        </button>
        <button type="button" className="btn small quiet" onClick={onLeave}>
          Leave it
        </button>
      </div>
    </form>
  );
}
